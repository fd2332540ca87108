"""Training on two machines: python tests/app/hosts_test.py PROGRAM LIBRARY. They are network namespaces of this one, each
with a name and an address of its own. Both together leave the bytes of one process; when one of them dies, the other goes
on alone from the last checkpoint, to the same bytes."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
TRAINING = ("train --device cpu --matches 16 --set shards=2 --set steps=20 --set rollout_steps=10 --set hidden=[16] "
            "--set critic_hidden=[16] --set video_every=0 --set evaluation_matches=0 --set threads=1 "
            "--set checkpoint_minutes=0.0000001 --seed 5").split()
MARK = f"md{os.getpid()}"  # names of this test's own
HOSTS = {f"{MARK}a": "10.77.0.1", f"{MARK}b": "10.77.0.2"}
HOST_A, HOST_B = HOSTS


def do(*command, check=True):
    return subprocess.run(list(map(str, command)), check=check, capture_output=True, text=True)


def make_hosts():
    for host in HOSTS:
        do("ip", "netns", "add", host)
    do("ip", "link", "add", f"{MARK}va", "type", "veth", "peer", "name", f"{MARK}vb")
    for host, link in zip(HOSTS, (f"{MARK}va", f"{MARK}vb")):
        do("ip", "link", "set", link, "netns", host)
        do("ip", "-n", host, "addr", "add", f"{HOSTS[host]}/24", "dev", link)
        do("ip", "-n", host, "link", "set", link, "up")
        do("ip", "-n", host, "link", "set", "lo", "up")
        folder = pathlib.Path("/etc/netns", host)  # what `ip netns exec` shows there as /etc
        folder.mkdir(parents=True)
        do(*on(host), "true")
        (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(f"{HOSTS[h]} {h}\n" for h in HOSTS))


def on(host):
    """What starts a command on one of the hosts, under the host's name."""
    return ["ip", "netns", "exec", host, "unshare", "--uts", "sh", "-c", f'hostname {host}; exec "$@"', "sh"]


def remove_hosts():
    for host in HOSTS if shutil.which("ip") else ():
        stop(host)
        do("ip", "netns", "del", host, check=False)
        do("rm", "-rf", f"/etc/netns/{host}", check=False)


def processes(host):
    return [int(process) for process in do("ip", "netns", "pids", host, check=False).stdout.split()]


def stop(host):
    for process in processes(host):
        os.kill(process, signal.SIGKILL)


def start(host, folder, nodes, *arguments):
    """torchrun on one of the hosts, with a rank."""
    command = [sys.executable, "-m", "torch.distributed.run", "--nnodes", nodes, "--nproc-per-node", "1", "--rdzv-backend",
               "c10d", "--rdzv-endpoint", f"{HOST_A}:29400", "--rdzv-id", "run", "--max-restarts", "3", "--rdzv-conf",
               f"is_host={int(host == HOST_A)},join_timeout=60,last_call_timeout=5", "--local-addr", HOSTS[host],
               "--no-python", "--", str(PROGRAM), *arguments]
    output = open(folder / f"{host}.log", "w")
    return subprocess.Popen([*on(host), *command], cwd=folder, stdout=output, stderr=subprocess.STDOUT,
                            env={**os.environ, "GLOO_SOCKET_IFNAME": f"{MARK}v{host[-1]}"})


def latest(run):
    return (run / "checkpoints/latest.safetensors").read_bytes()


def iterations(run):
    log = run / "metrics.jsonl"
    return log.read_text().count("\n") if log.exists() else 0


def test(folder):
    def logs():
        return "".join((folder / f"{host}.log").read_text()[-3000:] for host in HOSTS)

    def alone(iterations, name):
        do("env", "-C", folder, PROGRAM, *TRAINING, "--iterations", iterations, "--run", name)

    alone(5, "one")
    both = [start(host, folder, "2", *TRAINING, "--iterations", "5", "--run", "two", "--continue") for host in HOSTS]
    codes = [process.wait(timeout=120) for process in both]
    assert codes == [0, 0], (codes, logs())
    assert latest(folder / "one") == latest(folder / "two")

    length = "3000"
    alone(length, "whole")
    arguments = [*TRAINING, "--iterations", length, "--run", "survived", "--continue"]
    first, _ = [start(host, folder, "1:2", *arguments) for host in HOSTS]
    until = time.monotonic() + 120
    while iterations(folder / "survived") < 20:
        assert first.poll() is None and time.monotonic() < until, logs()
        time.sleep(0.05)
    assert len(processes(HOST_B)) > 1, "the other host trains too"
    stop(HOST_B)
    done = iterations(folder / "survived")
    assert first.wait(timeout=300) == 0, logs()
    assert done < int(length), "it died on the way"
    assert latest(folder / "whole") == latest(folder / "survived"), logs()


try:
    make_hosts()
except (subprocess.CalledProcessError, OSError) as error:
    remove_hosts()
    print(f"matchday: skipped: no network namespaces can be made here: {getattr(error, 'stderr', None) or error}")
    sys.exit(0)
try:
    with tempfile.TemporaryDirectory() as scratch:
        test(pathlib.Path(scratch))
finally:
    remove_hosts()
