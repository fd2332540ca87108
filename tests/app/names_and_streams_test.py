"""What the program writes where, what it tells whom, and what it understands: python tests/app/names_and_streams_test.py
PROGRAM LIBRARY. Each case is a mistake that users of other programs met."""

import fcntl
import json
import os
import pathlib
import pty
import resource
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import time

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
TRAINING = ("train --device cpu --matches 8 --set steps=20 --set players=2 --set hidden=[8] --set critic_hidden=[8] "
            "--set rollout_steps=5 --set video_every=0 --set threads=1 --set minutes=0").split()
QUIET = ["--set", "evaluation_matches=0"]
EVALUATED = ["--set", "evaluation_matches=1", "--set", "evaluate_every=0.5"]


def as_a_shell(most_bytes=resource.RLIM_INFINITY):
    """For a child: the signals that Python ignores, and a child would too, and the longest file that may be written."""
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


def run(*arguments, exit_code=0, most_bytes=resource.RLIM_INFINITY, **options):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          preexec_fn=lambda: as_a_shell(most_bytes), **options)
    assert done.returncode == exit_code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def refused(*arguments, says):
    text = run(*arguments, exit_code=2)
    assert says in text and text.count("\n") == 1, (arguments, text)


def trained(name, *arguments, iterations=6):
    run(*TRAINING, *QUIET, "--run", name, "--iterations", iterations, *arguments)
    return pathlib.Path(name)


def what_is_written_where():
    model = trained("run")
    team = model / "checkpoints/latest.safetensors"
    os.mkfifo("pipe")
    refused("export", team, "--format", "onnx", "-o", "pipe", says="pipe: cannot be written: it is a device, pipe")
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)

    pathlib.Path("behind.pt").write_text("before")
    os.symlink("behind.pt", "link.pt")
    os.symlink("nothing yet.pt", "dangling.pt")
    for name in ("link.pt", "dangling.pt"):
        run("export", team, "-o", name)
        assert os.path.islink(name) and os.path.getsize(name) > 1000, name

    before = team.read_bytes()
    os.link(team, "same.safetensors")
    for output in (team, "same.safetensors", "./run/../run/checkpoints/latest.safetensors"):
        refused("export", team, "-o", output, says="cannot be written: it is what")
    assert team.read_bytes() == before
    run("export", team, "-o", "weights.safetensors")
    refused("import", "weights.safetensors", "-o", "weights.safetensors", says="it is what weights.safetensors is read")
    refused("curves", "run", "-o", "run/metrics.jsonl", says="must end in .png or .svg")

    long = "n" * 240 + ".onnx"
    run("export", team, "-o", long)
    assert os.path.exists(long)

    # Names that FFmpeg would take for those of protocols.
    for name in ("file:a.mp4", "a:b.mp4"):
        run("play", "role", "--against", "chaser", "-o", name)
        assert os.path.getsize(name) > 1000, name
    assert not [name for name in os.listdir() if "partial" in name]

    trained("other", "--seed", 2)
    run("eval", "role", "--against", "run/checkpoints/latest.safetensors", "other/checkpoints/latest.safetensors",
        "--matches", 4, "--record", "recorded")
    assert len(os.listdir("recorded")) == 4, os.listdir("recorded")

    together = [subprocess.Popen([PROGRAM, *TRAINING, *QUIET, "--iterations", "1"], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
                for _ in range(3)]
    assert [process.wait() for process in together] == [0, 0, 0]
    assert len(os.listdir("runs")) == 3, os.listdir("runs")

    # Back to an older checkpoint: what came after it is gone, in the logs and beside them.
    trained("back", "--set", "checkpoint_minutes=1e-6", "--set", "keep_checkpoints=100", iterations=12)
    run("train", "--resume", "back/checkpoints/iteration-000000004.safetensors", "--set", "iterations=6", "--set",
        "keep_checkpoints=2")
    kept = sorted(name for name in os.listdir("back/checkpoints") if name.startswith("iteration"))
    assert [int(name[10:19]) for name in kept] == [5, 6], kept

    # A file that may not grow is an error like a full disk.
    text = run(*TRAINING, *QUIET, "--run", "large", "--iterations", 1, exit_code=2, most_bytes=4096)
    assert "cannot be written" in text.splitlines()[-1], text


def what_is_told():
    for arguments in (["--help"], ["info"], ["eval", "chaser", "--against", "role", "--matches", "1", "--json"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 1 and "cannot be written" in done.stderr, (arguments, done)
        done = subprocess.run([PROGRAM, *arguments], stderr=subprocess.PIPE, preexec_fn=lambda: os.close(1))
        assert done.returncode == 1, (arguments, done)

    subprocess.run([PROGRAM, *TRAINING, *QUIET, "--run", "closed", "--iterations", "3"],
                   preexec_fn=lambda: [os.close(descriptor) for descriptor in (0, 1, 2)])
    assert pathlib.Path("closed/lock").read_bytes() == b""

    process, terminal = pty.fork()
    if process == 0:
        os.execv(PROGRAM, ["matchday", *TRAINING, *QUIET, "--run", "narrow", "--set", "minutes=0.03", "--set",
                           "iterations=0", "--set", "match_steps=0"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
    told = b""
    try:
        while chunk := os.read(terminal, 65536):
            told += chunk
    except OSError:
        pass
    os.waitpid(process, 0)
    lines = [line.replace("\x1b[K", "") for line in told.decode().replace("\n", "\r").split("\r") if " left " in line]
    assert len(lines) > 2 and max(map(len, lines)) < 50, lines

    # What moves a terminal's cursor is shown, not sent to it.
    refused("info", "no\nfile\x1b[2J", says="no\\u000Afile\\u001B[2J: cannot be read")
    refused("train", "--set", "play\ners=3", says="there is no play\\u000Aers")
    refused("eval", "--matches", "\x1b[31m1", says="\\u001B[31m1")

    line = run("eval", "chaser", "--against", "role", "--matches", 2).splitlines()[-1]
    assert "0.0 (0.0-49.0)" in line, line  # Wilson's interval of 0 in 4

    run(*TRAINING, *EVALUATED, "--run", "told", "--iterations", 6)
    logs = [pathlib.Path("told", name) for name in ("metrics.jsonl", "evaluations.jsonl")]
    before = [log.read_bytes() for log in logs]
    for _ in range(2):
        run("train", "--resume", "told")
    assert [log.read_bytes() for log in logs] == before
    # A metric that was no number is a gap.
    lines = [json.loads(line) for line in logs[0].read_text().splitlines()]
    lines[2]["entropy"] = None
    logs[0].write_text("".join(json.dumps(line) + "\n" for line in lines))
    run("curves", "told", "-o", "curves.png")
    run("train", "--resume", "told", "--set", "iterations=8")


def what_is_asked():
    refused("eval", "chaser", "--against", "role", "--matches", "010", says="begins with a zero")
    refused("eval", "chaser", "--against", "role", "--seed", "010", says="begins with a zero")
    refused("train", "--resume", "", says="its value is empty")
    refused("info", "", says="its value is empty")
    run_folder = trained("asked")
    refused("train", "--resume", "asked", "--matches", "auto", says="can't change")
    # A word after --set or --against is never part of it in silence.
    pathlib.Path("tiny.toml").write_text("[train]\nmatches = 5\n")
    run("train", *TRAINING[5:], "--set", "device=cpu", *QUIET, "--iterations", 1, "--run", "set", "tiny.toml")
    assert "\nmatches = 5 " in pathlib.Path("set/config.toml").read_text()
    refused("eval", "--matches", 1, "--against", "chaser", "asked", says="Name it before --against")
    # However a run or a checkpoint is written.
    os.symlink("asked/checkpoints/latest.safetensors", "link.safetensors")
    for name in ("asked/", "link.safetensors", "./asked/checkpoints/latest.safetensors"):
        run("train", "--resume", name, "--iterations", 6)
    run("train", "--resume", "./latest.safetensors", "--iterations", 6, cwd=run_folder / "checkpoints")
    run(*TRAINING, *EVALUATED, "--run", "rate=3e-4", "--iterations", 2)
    run("curves", "rate=3e-4", "-o", "one.png")
    run("curves", "rate=3e-4/", "-o", "two.png")
    run("curves", "rate=3e-4=rate=3e-4", "-o", "three.png", exit_code=2)
    assert pathlib.Path("one.png").read_bytes() == pathlib.Path("two.png").read_bytes()


def what_ends():
    process = subprocess.Popen([PROGRAM, *TRAINING, *QUIET, "--run", "hung", "--set", "iterations=1000000"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    log = pathlib.Path("hung/metrics.jsonl")
    while not (log.exists() and log.stat().st_size > 0):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGHUP)
    assert process.wait() == 128 + signal.SIGHUP
    assert "iterations" in run("info", "hung") and " 0 iterations" not in run("info", "hung")
    # A pitch too tall for H.264 leaves a team without its film.
    told = run(*TRAINING, *QUIET, "--set", "video_every=1", "--set", "half_width=1000", "--set", "half_length=5.5",
               "--set", "goal_half_width=3", "--set", "start_noise=0", "--run", "tall", "--iterations", 2)
    assert "no video: " in told and "saved tall/" in told, told


for case in (what_is_written_where, what_is_told, what_is_asked, what_ends):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        case()
        os.chdir("/")
    print(case.__name__.replace("_", " "), "is right")
