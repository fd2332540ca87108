"""A wheel of the package works by itself: python tests/python/wheel_test.py PROGRAM LIBRARY. Compiles its library, in
minutes the first time, and plays the matches that the checkout's plays."""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLAY = """
import sys, matchday, torch
environment = matchday.make(matches=6, seed=11, opponent="chaser")
environment.reset()
for _ in range(20):
    observation, *_ = environment.step(torch.full(environment.action_space.shape, 0.5))
print(matchday.__version__, float(observation.double().sum()), file=sys.stdout)
print(matchday.__file__, file=sys.stderr)
"""


def played(path):
    done = subprocess.run([sys.executable, "-c", PLAY], env={"PYTHONPATH": str(path)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert str(path) in done.stderr, done.stderr
    return done.stdout


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    settings = {"MATCHDAY_CUDA": "OFF", "MATCHDAY_PYTHON": sys.executable}
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--no-build-isolation", ROOT / "python", "--wheel-dir", folder,
                    *(f"--config-settings=cmake.define.{name}={value}" for name, value in settings.items())], check=True)
    (wheel,) = folder.glob("matchday-*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "unpacked")
    assert played(folder / "unpacked") == played(ROOT / "python"), "the wheel plays other matches than the checkout"
