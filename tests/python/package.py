"""The Python package, with the library that was built here, and what its tests share."""

import os
import pathlib
import sys

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM, LIBRARY = sys.argv[1:3]
TRAINED = ROOT / "models" / "arena.safetensors"

os.environ["MATCHDAY_LIBRARY"] = LIBRARY
sys.path.insert(0, str(ROOT / "python"))
import matchday  # noqa: E402

torch.set_num_threads(1)  # tests run beside each other


def refused(complaint, act, kind=ValueError):
    try:
        act()
    except kind as error:
        assert complaint in str(error) and "\n" not in str(error), f"{error} should say in one line: {complaint}"
    else:
        raise AssertionError(f"nothing was raised that says: {complaint}")


def run_tests(names):
    """Runs all functions whose names begin with test_."""
    for name, test in list(names.items()):
        if name.startswith("test_"):
            test()
