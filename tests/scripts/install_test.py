"""What `cmake --install` leaves runs without the checkout, and C++ programs of one's own find it, play, train and bring a
backend: python tests/scripts/install_test.py PROGRAM LIBRARY."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
BUILD = PROGRAM.parents[1]
HOWTO = pathlib.Path(__file__).resolve().parents[2] / "docs/howto"


def run(*command, **environment):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    prefix = folder / "installed"
    for component in ("program", "library"):
        run("cmake", "--install", BUILD, "--prefix", prefix, "--component", component)
    # Torch is large: links to its files will do.
    run("cmake", "--install", BUILD, "--prefix", prefix, "--component", "torch", CMAKE_INSTALL_MODE="ABS_SYMLINK")

    program = prefix / "bin/matchday"
    assert run(program, "--version") == run(PROGRAM, "--version")
    assert "equal, bit for bit" in run(program, "check", "--matches", 3, "--steps", 20)
    assert (prefix / "share/matchday/configs/default.toml").is_file()

    def built_and_run(example):
        source = folder / example
        shutil.copytree(HOWTO / example, source)
        run("cmake", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
            "-DCMAKE_BUILD_TYPE=Release")
        run("cmake", "--build", source / "build")
        (built,) = (path for path in (source / "build").iterdir() if path.is_file() and os.access(path, os.X_OK))
        return run(built)

    told = built_and_run("library")
    won = int(re.search(r"role won (\d+) %", told).group(1))
    assert won > 90, told  # role is far stronger than chaser
    assert "learned from 8640 match-steps" in told, told
    told = built_and_run("backend")
    assert "equal, bit for bit, over 18500 match-steps" in told, told

    # Half of an installation is told, not found out by the linker.
    shutil.rmtree(prefix / "lib/matchday/include", ignore_errors=True)
    again = subprocess.run(["cmake", "-S", HOWTO / "library", "-B", folder / "again", f"-DCMAKE_PREFIX_PATH={prefix}"],
                           capture_output=True, text=True)
    assert again.returncode != 0 and "lib/matchday/include is missing" in again.stderr, again.stderr
print("good")
