"""What a user does on a machine with a GPU, by the program itself on the fake device: it ends where the CPU ends.

Arguments: the program with the fake device.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

PROGRAM = sys.argv[1]
LITTLE = ("--set steps=12 --set hidden=[16] --set critic_hidden=[16] --set evaluation_matches=8 "
          "--set video_every=0 --set evaluate_every=0.5 --set checkpoint_minutes=0").split()
SMALL = LITTLE + ("--set matches=24 --set rollout_steps=6 --set pool_share=0.25 --set pool_slots=2 --set bot_share=0.2 "
                  "--set bots=chaser").split()
# In one minibatch the order of samples, which each device draws by itself, makes no difference.
ONE_BY_ONE = "--set precision=fp32 --set minibatches=1 --set epochs=2 --set adam_epsilon=0.01".split()


def matchday(folder, *arguments, code=0):
    """What the program says."""
    done = subprocess.run([PROGRAM, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=300, env={**os.environ, "OMP_WAIT_POLICY": "passive"})
    if done.returncode != code:
        sys.exit(f"{arguments}: exit code {done.returncode}, not {code}:\n{done.stdout}")
    return done.stdout


def train(folder, run, device, *arguments):
    matchday(folder, "train", "--device", device, "--run", run, "--iterations", "3", *SMALL, *arguments)
    return folder / run / "checkpoints/latest.safetensors"


def weights(path):
    tensors = load_file(path)
    return np.concatenate([tensors[name].ravel() for name in sorted(tensors) if tensors[name].dtype == np.float32
                           and not name.startswith(("optimiser.", "pool.", "matches."))])


def same_but_for_the_device(a, b):
    """Whether two checkpoints hold the same tensors, bit for bit."""
    a, b = load_file(a), load_file(b)
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name], equal_nan=True) for name in a)


def require(holds, what):
    if not holds:
        sys.exit(f"not so: {what}")


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    require("1 cuda" in matchday(folder, "info"), "info tells of a CUDA device")

    # The CPU's weights to rounding, and the same bits twice.
    cpu = weights(train(folder, "cpu", "cpu", *ONE_BY_ONE))
    untrained = weights(folder / "cpu/checkpoints/untrained.safetensors")
    first = train(folder, "cuda", "cuda", *ONE_BY_ONE)
    error = np.linalg.norm(weights(first) - cpu) / np.linalg.norm(cpu - untrained)
    require(error < 1e-3, f"training on cuda ends where the CPU ends: {error:.1e} of the way apart")
    require(same_but_for_the_device(first, train(folder, "again", "cuda", *ONE_BY_ONE)), "the same bits twice")
    require(same_but_for_the_device(first, train(folder, "plain", "cuda:0", *ONE_BY_ONE, "--set", "graphs=off")),
            "the same bits without recorded graphs, and by the device's other name")
    lines = [json.loads(line) for line in (folder / "cuda/metrics.jsonl").read_text().splitlines()]
    require([line["iteration"] for line in lines] == [1, 2, 3], "every iteration's metrics arrive, though one late")

    # As a user has it who says little: auto is the GPU, in bfloat16, and plays more matches than a CPU.
    matchday(folder, "train", "--run", "many", "--iterations", "1", *LITTLE, "--set", "rollout_steps=1")
    require("matches = 8192" in (folder / "many/config.toml").read_text(), "8,192 matches on a GPU")
    with subprocess.Popen([PROGRAM, "train", "--run", "default", *LITTLE, "--set", "rollout_steps=1"], cwd=folder,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not (folder / "default/metrics.jsonl").exists() and process.poll() is None:
            time.sleep(0.05)
        process.kill()
    match_steps = [int(re.search(r"match_steps[ =]+(\d+)", text)[1])
                   for text in (matchday(folder, "info", "--config"), (folder / "default/config.toml").read_text())]
    require(match_steps[1] == 64 * match_steps[0], f"as many iterations as on a CPU, each 64 times as large: {match_steps}")
    matchday(folder, "train", "--run", "footyai", "--iterations", "1", "--preset", "footyai-v2", *LITTLE)
    require("matches = 256" in (folder / "footyai/config.toml").read_text(), "FootyAI's games keep their batch")
    matchday(folder, "train", "--run", "auto", "--iterations", "2", *SMALL)
    require("cuda:0" in matchday(folder, "train", "--resume", "auto", "--iterations", "4"), "a run goes on on the GPU")
    matchday(folder, "train", "--resume", "auto", "--iterations", "5", "--set", "device=cpu")

    # All else that plays there.
    matchday(folder, "check", "--device", "cuda", "--matches", "9")
    require("won" in matchday(folder, "eval", str(first), "--against", "chaser", "--matches", "8"), "eval plays on the GPU")
    matchday(folder, "train", "--device", "cuda:1", *SMALL, code=2)
print("the program does on a GPU what it does on a CPU")
