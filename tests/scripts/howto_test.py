"""What docs/howto says of bots, networks and observations works: python tests/scripts/howto_test.py. Copies what the
operators are built of, makes the pages' changes, builds, and runs the pages' programs."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Pages, and what their programs print when all pages' changes are made.
PAGES = {"bot": "the last player is at -13.9 u",  # a chaser is at -11.3 u
         "network": "it differs by 0.0",
         "observation": "60 numbers, at the kick-off the goal is 40 u away"}  # 59 without a player's way to the ball


def blocks(page, language):
    text = (ROOT / f"docs/howto/{page}.md").read_text()
    return [block for of, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S) if of == language]


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, (command, done.stdout[-3000:], done.stderr)
    return done.stdout


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for part in ("CMakeLists.txt", "cmake", "rules", "config", "kernels", "sim", "export", "python", "docs/howto"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    for page in PAGES:
        for commands in blocks(page, ""):
            run("bash", "-ec", commands, cwd=folder)
        for changes in blocks(page, "diff"):
            run("patch", "--strip=1", "--fuzz=0", cwd=folder, input=changes)
    run("cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", "-DMATCHDAY_KERNELS_ONLY=ON", "-DMATCHDAY_CUDA=OFF",
        "-DMATCHDAY_INSTRUCTION_SETS=baseline", f"-DMATCHDAY_PYTHON={sys.executable}")
    run("cmake", "--build", folder / "build", "--target", "matchday_kernels")
    for page, expected in PAGES.items():
        (program,) = blocks(page, "python")
        told = run(sys.executable, "-c", program, env={"PYTHONPATH": str(folder / "python")})
        assert expected in told, told
