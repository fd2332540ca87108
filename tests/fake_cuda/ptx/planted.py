#!/usr/bin/env python3
"""planted.py [WORD ...]: are mistakes in the GPU's part of the kernels found by running what nvcc makes of it?

Plants one at a time in a copy of the sources, for few team sizes, and runs the tests there. Needs nvcc, what
scripts/prepare tests prepares, and one core for a quarter of an hour; WORDs choose mistakes by their names.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from planted_in_kernels import IN_KERNELS, PLAY
from planting import ROOT, Workshop, plant

SECONDS_AT_MOST = "120"  # a kernel may never end

FLAGS = "cmake/Cuda.cmake"
# What only nvcc's code shows: its flags, and threads that run at the same time.
FOR_NVCC = [
    ("a plain addition instead of an atomic one", PLAY,
     "atomicAdd(reinterpret_cast<unsigned long long*>(rollout_arrays.step.nonfinite_actions),\n"
     "              static_cast<unsigned long long>(nonfinite_actions));",
     "*rollout_arrays.step.nonfinite_actions += nonfinite_actions;"),
    ("products and sums fused", FLAGS, "-fmad=false>", "-fmad=true>"),
    ("divisions not rounded exactly", FLAGS, "-fmad=false>",
     "-fmad=false> $<$<COMPILE_LANGUAGE:CUDA>:-prec-div=false>"),
    ("roots not rounded exactly", FLAGS, "-fmad=false>",
     "-fmad=false> $<$<COMPILE_LANGUAGE:CUDA>:-prec-sqrt=false>"),
    ("small numbers flushed to zero", FLAGS, "-fmad=false>", "-fmad=false> $<$<COMPILE_LANGUAGE:CUDA>:-ftz=true>"),
]


def reason(output):
    """What of the output says what is wrong."""
    refused = re.search(r"(\S+\.ptx:\d+): .*translate\.py\): (.*)", output)
    if refused:
        return f"{Path(refused[1]).name} has {refused[2]}"
    found = re.search(r"\S+\.ptx:\d+ \(.*|\S+\[\d+\] is .*|a launch of .*|.*error: .*", output)
    return found[0].split("' with ")[0].strip(" '\"") if found else output.strip().split("\n")[-1]


class Nvcc(Workshop):
    """The copy built for two team sizes and one architecture."""

    def __init__(self, folder):
        super().__init__(folder)
        for sizes in ("kernels/team_sizes.h", "tests/fake_cuda/ptx/few_teams/kernels/team_sizes.h"):
            text = (self.folder / sizes).read_text()
            (self.folder / sizes).write_text(re.sub(r"<int, [^>]*>", "<int, 1, 3>", text))
        cache = (ROOT / "build/CMakeCache.txt").read_text()
        python = re.search(r"MATCHDAY_PYTHON:\w+=(.*)", cache)[1]
        self.command("cmake", "-G", "Ninja", "-S", ".", "-B", "build", f"-DMATCHDAY_PYTHON={python}",
                     "-DCMAKE_CUDA_ARCHITECTURES=90-virtual")

    def finder(self, name=None):
        failed, output = self.command("cmake", "--build", "build", "--target", "matchday_ptx_tests", "-j", "1")
        if failed:
            return "build: " + reason(output)
        failed, output = self.command("timeout", SECONDS_AT_MOST, "build/bin/matchday_ptx_tests", "-a", "-r", "compact")
        return "run: " + reason(output) if failed else None


if __name__ == "__main__":
    plant(IN_KERNELS + FOR_NVCC, Nvcc, sys.argv[1:])
