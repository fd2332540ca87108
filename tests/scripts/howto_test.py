"""What docs/howto says of bots works: python tests/scripts/howto_test.py PROGRAM LIBRARY. Copies what the operators are
built of, makes the page's changes, builds, and runs the page's program."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/howto/bot.md"


def blocks(language):
    return [text for of, text in re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(), re.M | re.S) if of == language]


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, (command, done.stdout[-3000:], done.stderr)
    return done.stdout


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for part in ("CMakeLists.txt", "cmake", "rules", "kernels", "python", "docs/howto"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    for commands in blocks(""):
        run("bash", "-ec", commands, cwd=folder)
    for changes in blocks("diff"):
        run("patch", "--strip=1", "--fuzz=0", cwd=folder, input=changes)
    run("cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", "-DMATCHDAY_KERNELS_ONLY=ON", "-DMATCHDAY_CUDA=OFF",
        "-DMATCHDAY_INSTRUCTION_SETS=baseline", f"-DMATCHDAY_PYTHON={sys.executable}")
    run("cmake", "--build", folder / "build", "--target", "matchday_kernels")
    (program,) = blocks("python")
    told = run(sys.executable, "-c", program, env={"PYTHONPATH": str(folder / "python")})
    assert "the last player is at -13.9 u" in told, told  # a chaser is at -11.3 u
