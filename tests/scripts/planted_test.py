"""Every mistake that `scripts/mutate gpu` plants must find the one place of its text in the sources as they are."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/fake_cuda"))

from planted_in_kernels import IN_KERNELS  # noqa: E402
from planted_in_networks import IN_NETWORKS  # noqa: E402
from planted_on_the_host import ON_THE_HOST  # noqa: E402
from planting import read_with_one  # noqa: E402
from ptx.planted import FOR_NVCC  # noqa: E402

MISTAKES = IN_KERNELS + IN_NETWORKS + ON_THE_HOST + FOR_NVCC

assert len(MISTAKES) > 100, len(MISTAKES)
for _, file, text, _ in MISTAKES:
    read_with_one(ROOT / file, text)
print(f"{len(MISTAKES)} mistakes can be planted")
