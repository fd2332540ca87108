"""The Python package, with the library that was built here, and what its tests share. ctest says by its environment
what is tested; `pytest tests/python` alone takes the checkout's build."""

import os
import pathlib
import sys

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MATCHDAY_PROGRAM", str(ROOT / "build/bin/matchday"))
LIBRARY = os.environ.setdefault("MATCHDAY_LIBRARY", str(ROOT / "build/lib/libmatchday_kernels.so"))
TRAINED = ROOT / "models" / "arena.safetensors"

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
