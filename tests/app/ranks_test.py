"""Training on several ranks: python tests/app/ranks_test.py PROGRAM LIBRARY [KILLS [SEED]]. torchrun starts them, on this
machine, with gloo. As many ranks as you like leave the bytes of one process with as many shards, also after ranks were
killed or the run was stopped; and what can't work ends on all of them with a sentence."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
SMALL = ("train --device cpu --matches 16 --set shards=4 --set steps=20 --set rollout_steps=10 --set hidden=[16] "
         "--set critic_hidden=[16] --set minibatches=3 --set video_every=0 --set evaluation_matches=0 "
         "--set threads=1").split()
VARIANTS = {
    "pool, bots and a teacher": "--set pool_share=0.5 --set pool_slots=2 --set pool_every=2 --set bot_share=0.25",
    "limited": "--set epochs=3 --set target_kl=0.001",
    "reinforce": "--set algorithm=reinforce --set rollout_steps=0 --set baseline=batch",
    "two teams": "--set teams=independent --set teacher=none --set pool_share=0 --set bot_share=0",
    "FootyAI": "--preset footyai-v2",
}
NO_RANKS = {name: text for name, text in os.environ.items() if not name.startswith(("RANK", "WORLD_SIZE", "LOCAL_"))}


def start(folder, ranks, *arguments, restarts=0):
    launcher = [*TORCHRUN, "--nproc-per-node", str(ranks), "--max-restarts", str(restarts), "--no-python", "--"]
    return subprocess.Popen([*(launcher if ranks else []), PROGRAM, *arguments], cwd=folder, env=NO_RANKS, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def run(folder, ranks, *arguments, exit_code=0):
    process = start(folder, ranks, *arguments)
    told = process.communicate(timeout=300)[0]
    assert process.returncode == exit_code, (ranks, arguments, process.returncode, told[-3000:])
    return told


def lines_of(log):
    """A log's lines without what clocks tell."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [{key: told for key, told in line.items() if "second" not in key} for line in lines]


def latest(folder):
    return (folder / "checkpoints/latest.safetensors").read_bytes()


def ranks_of(launcher):
    children = pathlib.Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()
    return [int(child) for child in children if PROGRAM.name in pathlib.Path(f"/proc/{child}/comm").read_text()]


def wait_until(condition, process, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None and time.monotonic() < until, process.poll()
        time.sleep(0.02)


def test_any_number_of_ranks_leaves_the_same_bytes(folder):
    for number, (name, sets) in enumerate(VARIANTS.items()):
        options = [*SMALL, *sets.split(), "--iterations", "4"]
        run(folder, 0, *options, "--run", f"{number}-0")
        for ranks in (2, 4) if number < 1 else (2,):
            run(folder, ranks, *options, "--run", f"{number}-{ranks}")
            assert latest(folder / f"{number}-0") == latest(folder / f"{number}-{ranks}"), (name, ranks)
    assert len(lines_of(folder / "0-4/metrics.jsonl")) == 4, "rank 0 alone writes"


def test_ranks_share_out_evaluations(folder):
    for ranks in (0, 2):
        run(folder, ranks, *SMALL, "--set", "evaluation_matches=128", "--set", "evaluate_every=0.5", "--iterations", "4",
            "--run", str(ranks))
    one, two = (lines_of(folder / f"{ranks}/evaluations.jsonl") for ranks in (0, 2))
    assert len(one) == 3 and one == two
    # Gone on from its start, where an evaluation is weaker than the best before, all ranks know that it is.
    for ranks in (0, 2):
        run(folder, ranks, "train", "--resume", str(ranks), "--iterations", "12")
    one, two = (lines_of(folder / f"{ranks}/evaluations.jsonl") for ranks in (0, 2))
    assert len(one) > 4 and one == two
    assert latest(folder / "0") == latest(folder / "2")


def test_a_run_goes_on_with_another_number_of_ranks(folder):
    options = [*SMALL, *VARIANTS["pool, bots and a teacher"].split(), "--iterations", "8", "--set", "keep_checkpoints=9",
               "--set", "checkpoint_minutes=0.0000001"]
    run(folder, 4, *options, "--run", "run")
    end = latest(folder / "run")
    for ranks, iteration in ((0, 5), (2, 3), (1, 4)):
        run(folder, ranks, "train", "--resume", f"run/checkpoints/iteration-{iteration:09}.safetensors")
        assert latest(folder / "run") == end, (ranks, iteration)


def test_a_signal_to_any_rank_or_to_torchrun_saves_and_ends_all(folder):
    for name, target in {"rank": lambda process: ranks_of(process)[-1], "torchrun": lambda process: process.pid}.items():
        process = start(folder, 2, *SMALL, "--iterations", "1000000", "--run", name)
        log = folder / name / "metrics.jsonl"
        wait_until(lambda: log.exists() and log.read_text().count("\n") > 3, process)
        os.kill(target(process), signal.SIGTERM)
        told = process.communicate(timeout=60)[0]
        assert process.returncode != 0 and told.count("interrupted and saved") == 1, told
        done = log.read_text().count("\n")
        run(folder, 2, "train", "--resume", name, "--iterations", str(done + 2))
        assert log.read_text().count("\n") == done + 2


def test_killed_ranks_lose_nothing_but_time(folder):
    random.seed(SEED)
    options = [*SMALL, "--iterations", str(400 * KILLS), "--set", "checkpoint_minutes=0.0000001"]
    run(folder, 0, *options, "--run", "undisturbed")
    process = start(folder, 2, *options, "--run", "killed", "--continue", restarts=KILLS)
    kills = 0
    while kills < KILLS and process.poll() is None:
        time.sleep(random.uniform(0.5, 3.0))
        ranks = ranks_of(process)
        if ranks and (folder / "killed/checkpoints/latest.safetensors").exists():
            os.kill(random.choice(ranks), signal.SIGKILL)
            kills += 1
    told = process.communicate(timeout=600)[0]
    assert process.returncode == 0, told[-3000:]
    assert kills == KILLS, f"the run was over after {kills} kills"
    assert latest(folder / "undisturbed") == latest(folder / "killed")


def test_sums_are_measured(folder):
    told = run(folder, 2, "bench", "sums", "--numbers", "7,3000000", "--seconds", "0.01", "--json")
    rows = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert [row["numbers"] for row in rows] == [7, 3000000] and rows[0]["ranks"] == 2, told
    assert "bench sums measures several ranks" in run(folder, 0, "bench", "sums", exit_code=2)


def test_what_can_not_work_ends_with_a_sentence(folder):
    def refused(sentence, ranks, *arguments):
        told = run(folder, ranks, *SMALL, "--run", "refused", *arguments, exit_code=1)  # torchrun's own
        assert f"matchday: {sentence}" in told, told
        assert not (folder / "refused").exists(), arguments

    refused("shards is 4, which can't be shared out evenly to 3 ranks", 3)
    refused("matches is 16, which can't be shared out evenly to 32 shards", 2, "--set", "shards=32")
    different = ["bash", "-c", f'exec {PROGRAM} {" ".join(SMALL)} --run refused --seed $RANK']
    done = subprocess.run([*TORCHRUN, "--nproc-per-node", "2", "--no-python", "--", *different], cwd=folder, env=NO_RANKS,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode != 0 and "matchday: rank 1 has another config than rank 0" in done.stderr, done.stderr
    alone = {**NO_RANKS, "RANK": "0", "WORLD_SIZE": "two", "MASTER_ADDR": "localhost", "MASTER_PORT": "29517"}
    done = subprocess.run([PROGRAM, *SMALL, "--run", "refused"], cwd=folder, env=alone, capture_output=True, text=True)
    assert done.returncode == 2 and 'the environment\'s WORLD_SIZE is "two"' in done.stderr, done.stderr
    # The other rank never comes: the wait has an end.
    alone["WORLD_SIZE"] = "2"
    done = subprocess.run([PROGRAM, *SMALL, "--run", "refused", "--set", "rank_timeout=2"], cwd=folder, env=alone,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "matchday: rank 0 of 2 lost the others" in done.stderr, done.stderr
    done = subprocess.run([PROGRAM, *SMALL, "--continue"], cwd=folder, env=NO_RANKS, capture_output=True, text=True)
    assert done.returncode == 2 and "--continue needs the run's folder, --run" in done.stderr, done.stderr


for name, test in list(globals().items()):
    if name.startswith("test_"):
        with tempfile.TemporaryDirectory() as scratch:
            test(pathlib.Path(scratch))
        print(name)
