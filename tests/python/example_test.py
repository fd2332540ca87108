"""The Python package as its page and its example have it."""

import importlib.util
import os
import re
import subprocess
import sys
import tempfile

from package import ROOT, matchday


def test_without_a_library_one_sentence_says_what_to_do():
    for library, complaint in (("/nowhere/lib.so", "there is no /nowhere/lib.so: build matchday"),
                               (__file__, "can't be loaded with torch")):
        told = subprocess.run([sys.executable, "-c", "import matchday"], capture_output=True, text=True,
                              env={**os.environ, "MATCHDAY_LIBRARY": library, "PYTHONPATH": str(ROOT / "python")})
        assert told.returncode == 1 and f"ImportError: {library}"[:12] in told.stderr and complaint in told.stderr, told


def test_the_example_trains_and_its_file_plays():
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/ppo.safetensors"
        command = [sys.executable, ROOT / "python/examples/cleanrl_ppo.py", "--seconds", "1", "--matches", "2",
                   "--minibatch", "359", "--output", file]  # one row of 360 is left over
        told = subprocess.run(command, capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": str(ROOT / "python"), "OMP_NUM_THREADS": "1"})
        assert told.returncode == 0 and "goals a match against still" in told.stdout, told.stderr
        policy = matchday.load_policy(file)
        assert policy.rules["players"] == 2 and policy.fc_mu.bias.abs().min() > 0, "it was trained: biases begin at 0"


def test_the_page_is_right():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(), re.DOTALL)
    assert len(blocks) >= 5
    os.chdir(ROOT)
    names = {}
    for block in blocks:
        if "ArrayConversion" in block and not importlib.util.find_spec("array_api_compat"):
            continue  # peers_test.py tells of what is missing
        exec(compile(block, "docs/python.md", "exec"), names)
