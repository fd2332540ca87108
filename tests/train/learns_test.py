"""A short run learns: python tests/train/learns_test.py PROGRAM LIBRARY. By self-play and rewards alone, without a
teacher or bots, a team comes to beat one that acts at random; one that doesn't learn does not."""

import json
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
CONFIG = pathlib.Path(__file__).resolve().parents[2] / "configs/default.toml"
MATCHES = 512


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def against_random(folder, iterations, *settings):
    """Matches won and lost by the mean actions of a team that learned for so long."""
    sets = ("evaluation_matches=0", "video_every=0", "teacher=none", "bot_share=0", *settings)
    run("train", CONFIG, "--device", "cpu", "--seed", 3, "--run", folder, "--iterations", iterations,
        *(word for setting in sets for word in ("--set", setting)))
    told = run("eval", folder, "--against", "random", "--matches", MATCHES // 2, "--seed", 5, "--json")
    result = json.loads(told.splitlines()[0])
    return result["wins"], result["losses"]


with tempfile.TemporaryDirectory() as folder:
    won, lost = against_random(f"{folder}/idle", 1, "learning_rate=0")
    assert won < 0.2 * MATCHES, (won, lost)
    won, lost = against_random(f"{folder}/learning", 150)  # 864,000 match-steps; seeds 1 to 4 win 65 to 77 %
    assert won > 0.5 * MATCHES and lost < 0.05 * MATCHES, (won, lost)
