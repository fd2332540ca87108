"""Kills training at random moments: python tests/run/kill_test.py PROGRAM LIBRARY [KILLS [SEED]]

After every kill the run must go on, from the last checkpoint that was written, and in the end leave the bytes of a run
that nobody touched.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 8
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
ITERATIONS = 150 * KILLS
# A checkpoint after every iteration, so that writing one is what is mostly interrupted.
TRAINING = ("train --device cpu --matches 16 --set steps=40 --set hidden=[32] --set critic_hidden=[32] "
            "--set rollout_steps=20 --set pool_share=0.5 --set pool_every=7 --set video_every=0 "
            "--set evaluation_matches=0 --set checkpoint_minutes=0.0000001 --set threads=1").split()
WHOLE = [*TRAINING, "--iterations", str(ITERATIONS)]


def start(folder, *arguments):
    return subprocess.Popen([PROGRAM, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            text=True)


def finish(process, what):
    errors = process.communicate()[1]
    if process.returncode != 0:
        sys.exit(f"{what}: exit code {process.returncode}\n{errors}")


def header(checkpoint):
    with open(checkpoint, "rb") as file:
        return json.loads(file.read(int.from_bytes(file.read(8), "little")))


def logged_in(run):
    return len((run / "metrics.jsonl").read_text().splitlines()) if (run / "metrics.jsonl").exists() else 0


def main():
    random.seed(SEED)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        began = time.monotonic()
        finish(start(folder, *TRAINING, "--iterations", "1", "--run", "short"), "a short run")
        short = time.monotonic() - began  # mostly the program's start
        finish(start(folder, *WHOLE, "--run", "whole"), "the run that nobody touches")
        latest = folder / "run/checkpoints/latest.safetensors"
        kills = lost_runs = at_once = worst_loss = 0
        reached = 0
        while kills < KILLS:
            begun = (folder / "run/config.toml").exists()
            process = start(folder, *(["train", "--resume", "run"] if begun else [*WHOLE, "--run", "run"]))
            # Killed some iterations on, however long these take, or while the program starts.
            further = random.choice((0, random.randint(1, ITERATIONS // KILLS // 2)))
            while process.poll() is None and logged_in(folder / "run") < reached + further:
                time.sleep(0.001)
            try:
                process.wait(random.uniform(0.0, short if further == 0 else 0.02 * short))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                kills += 1
            else:
                if process.returncode != 0:
                    lost_runs += 1
                    print(process.stderr.read())
                break
            logged = logged_in(folder / "run")
            saved = int(header(latest)["__metadata__"]["iteration"]) if latest.exists() else 0
            at_once += saved == reached
            worst_loss = max(worst_loss, logged - saved)
            if saved < reached:
                sys.exit(f"iteration {saved} after {reached}: a checkpoint was lost")
            reached = saved
        finish(start(folder, "train", "--resume", "run"), "the run that goes on for the last time")
        left = [path.name for path in (folder / "run").rglob("*.partial-*")]
        same = latest.read_bytes() == (folder / "whole/checkpoints/latest.safetensors").read_bytes()
        print(f"{kills} kills ({at_once} before the next checkpoint), {lost_runs} lost runs, at most {worst_loss} "
              f"iteration(s) lost each, reached {reached} of {ITERATIONS} before the last part; "
              f"the same bytes as a run that nobody touched: {same}; half-written files left: {len(left)}")
        if kills < KILLS or lost_runs or not same or left or worst_loss > 1:
            sys.exit("the kill test failed")


main()
