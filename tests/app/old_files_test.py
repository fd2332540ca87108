"""Files that an older program wrote are read: python tests/app/old_files_test.py PROGRAM LIBRARY. tests/data has a
folder for each version: a run of two iterations, and matches of its team against role."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
DATA = pathlib.Path(__file__).resolve().parents[1] / "data"


def run(*arguments, folder="."):
    done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout + done.stderr


def key_values(toml):
    """The settings that a run wrote, without their comments."""
    lines = (line.split("#")[0] for line in toml.splitlines())
    return {line.split("=")[0].strip(): line.split("=")[1].strip() for line in lines if "=" in line}


versions = sorted(DATA.iterdir())
assert versions
for version in versions:
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        old = shutil.copytree(version / "run", folder / "run")
        checkpoint = old / "checkpoints/iteration-000000002.safetensors"

        assert "equal, bit for bit" in run("replay", version / "matches.safetensors", "--backend", "all")
        assert "players = 2 " in run("info", checkpoint)
        run("eval", checkpoint, "--against", "chaser", "--matches", 2)

        # Their hash, of another kind than today's, is still looked at.
        for good in (checkpoint, version / "matches.safetensors"):
            content = good.read_bytes()
            spoilt = folder / "spoilt.safetensors"
            spoilt.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
            done = subprocess.run([PROGRAM, "info", str(spoilt)], capture_output=True, text=True)
            assert done.returncode == 2 and "its content is not what was written" in done.stderr, done

        # The run goes on where it stopped, and a new one starts by its config.
        run("train", "--resume", old, "--iterations", 4)
        logged = [json.loads(line)["iteration"] for line in (old / "metrics.jsonl").read_text().splitlines()]
        assert logged == [1, 2, 3, 4], logged
        run("train", version / "run/config.toml", "--run", folder / "new", "--iterations", 1)
        was = key_values((version / "run/config.toml").read_text())
        now = key_values((folder / "new/config.toml").read_text())
        new_names = {"kind": "agent", "body": "trunk", "kl_limit": "target_kl", "shaping_until": "shaping_anneal"}
        for key, value in was.items():
            if key not in ("iterations", "match_steps", "minutes", "game"):
                assert now[new_names.get(key, key)] == value, (key, value, now[new_names.get(key, key)])
