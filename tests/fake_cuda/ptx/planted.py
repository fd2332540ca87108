#!/usr/bin/env python3
"""planted.py [WORD ...]: are mistakes in the GPU's part of the kernels found by running what nvcc makes of it?

Plants one at a time in a copy of the sources, for few team sizes, and runs the tests there. Needs nvcc, what
scripts/prepare tests prepares, and one core for a quarter of an hour; WORDs choose mistakes by their names.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SECONDS_AT_MOST = "120"  # a kernel may never end

SHOW, LAUNCH, LANE = "kernels/cuda/show.cuh", "kernels/cuda/launch.h", "kernels/lane.h"
PLAY, START = "kernels/cuda/play.cu", "kernels/cuda/start_and_observe.cu"
PLAYERS, FLAGS = "kernels/cuda/observe_players.cu", "cmake/Cuda.cmake"

# (what is wrong, in which file, the text there, what is put in its place)
PLANTED = [
    ("no barrier before rows are read", SHOW, "__syncwarp(all_rows);\n    for", "for"),
    ("no barrier after rows were read", SHOW, "k % components];\n    __syncwarp(all_rows);", "k % components];"),
    ("a barrier that the last thread leaves out", SHOW, "__syncwarp(all_rows);\n    for",
     "if (thread_ + 1 < rows_) __syncwarp(all_rows);\n    for"),
    ("the mask of a full warp in every block", SHOW, "rows_ == 32 ? 0xFFFFFFFFU : (1U << rows_) - 1", "0xFFFFFFFFU"),
    ("a mask without the last row", SHOW, "(1U << rows_) - 1;", "(1U << (rows_ - 1)) - 1;"),
    ("rows that overlap in the tile", SHOW, "pitch = components | 1;", "pitch = components - 1;"),
    ("a tile without room for the pitch", SHOW, "numbers[threads_per_block * pitch]",
     "numbers[threads_per_block * components - 1]"),
    ("the stride of a full warp in every block", SHOW, "k += rows_)", "k += threads_per_block)"),
    ("columns and rows exchanged", SHOW, "k / components * pitch + k % components",
     "k % components * pitch + k / components"),
    ("rows counted from the thread's own", SHOW, "first_(b - thread_)", "first_(b)"),
    ("one row too many in the last block", SHOW, "matches - first_))) {}", "matches - first_ + 1))) {}"),
    ("B's observation one row early", SHOW, "observation + team * matches * components",
     "observation + team * (matches - 1) * components"),
    ("both teams see what A sees", SHOW, "if (of_team == team)", "if (of_team == 0)"),
    ("a step of one match too many", PLAY, "if (b >= arrays.matches) return;", "if (b > arrays.matches) return;"),
    ("a plain addition instead of an atomic one", PLAY,
     "atomicAdd(reinterpret_cast<unsigned long long*>(play_arrays.step.bad_numbers),\n"
     "              static_cast<unsigned long long>(bad_numbers));", "*play_arrays.step.bad_numbers += bad_numbers;"),
    ("bad numbers counted by the first thread alone", PLAY, "if (bad_numbers != 0)",
     "if (bad_numbers != 0 && threadIdx.x == 0)"),
    ("the mask read before the bound", START, "b < arrays.matches && (mask == nullptr || mask[b])",
     "(mask == nullptr || mask[b]) && b < arrays.matches"),
    ("every match started, whatever the mask", START, " && (mask == nullptr || mask[b])", ""),
    ("one match too many observed", START, "if (b >= arrays.matches) return;", "if (b > arrays.matches) return;"),
    ("team and player exchanged", PLAYERS, "/ players;\n  const int index = static_cast<int>(blockIdx.y) % players;",
     "% players;\n  const int index = static_cast<int>(blockIdx.y) / players;"),
    ("the stride of one player", PLAYERS, "components, players * components);", "components, components);"),
    ("B's players half as far", PLAYERS, "team * arrays.matches * players", "team * arrays.matches"),
    ("one row of the loss too many", "kernels/cuda/policy_loss.cu", "m < arrays.rows", "m <= arrays.rows"),
    ("noise for one match too many", "kernels/cuda/sample.cu", "b < arrays.matches) noise",
     "b <= arrays.matches) noise"),
    ("returns of one match too many", "kernels/cuda/discounted_returns.cu", "b < arrays.matches",
     "b <= arrays.matches"),
    ("matches of 31 threads a block", LAUNCH, "blockIdx.x) * threads_per_block",
     "blockIdx.x) * (threads_per_block - 1)"),
    ("the last block dropped", LAUNCH, "(matches + threads_per_block - 1) / threads_per_block",
     "(matches > 32 ? matches : 32) / threads_per_block"),
    ("layers and blocks exchanged", LAUNCH, "dim3(blocks, static_cast<unsigned>(layers))",
     "dim3(static_cast<unsigned>(layers), blocks)"),
    ("a launch of nothing", LAUNCH, "if (matches == 0) return;", ""),
    ("blocks of two warps", LAUNCH, "threads_per_block = 32;", "threads_per_block = 64;"),
    ("two of four numbers exchanged as they are read", LANE, "lanes[2] = four.z;\n  lanes[3] = four.w;",
     "lanes[2] = four.w;\n  lanes[3] = four.z;"),
    ("two of four numbers exchanged as they are written", LANE, "lanes[2], lanes[3]);\n#else",
     "lanes[3], lanes[2]);\n#else"),
    ("a number's bits taken for the number", LANE, "return __float_as_uint(x);",
     "return static_cast<std::uint32_t>(x);"),
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


class Workshop:
    """A copy of the sources, built for two team sizes and one architecture."""

    def __init__(self, folder):
        self.folder = Path(folder)
        files = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True,
                               text=True, check=True).stdout
        for name in filter(None, files.split("\0")):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.folder / name)
        for sizes in ("kernels/team_sizes.h", "tests/fake_cuda/ptx/few_teams/kernels/team_sizes.h"):
            text = (self.folder / sizes).read_text()
            (self.folder / sizes).write_text(re.sub(r"<int, [^>]*>", "<int, 1, 3>", text))
        cache = (ROOT / "build/CMakeCache.txt").read_text()
        python = re.search(r"MATCHDAY_PYTHON:\w+=(.*)", cache)[1]
        self.command("cmake", "-G", "Ninja", "-S", ".", "-B", "build", f"-DMATCHDAY_PYTHON={python}",
                     "-DCMAKE_CUDA_ARCHITECTURES=90-virtual")

    def command(self, *words):
        done = subprocess.run(words, cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def finder(self):
        """What finds a mistake here, or None."""
        failed, output = self.command("cmake", "--build", "build", "--target", "matchday_ptx_tests", "-j", "1")
        if failed:
            return "build: " + reason(output)
        failed, output = self.command("timeout", SECONDS_AT_MOST, "build/bin/matchday_ptx_tests", "-a", "-r", "compact")
        return "run: " + reason(output) if failed else None

    def verdict(self, name, before, after):
        path = self.folder / name
        text = path.read_text()
        if before not in text:
            sys.exit(f"{name} has no longer the text {before!r}")
        path.write_text(text.replace(before, after))
        finder = self.finder()
        path.write_text(text)
        return finder or "SURVIVED"


def main():
    chosen = [one for one in PLANTED if not sys.argv[1:] or any(word in one[0] for word in sys.argv[1:])]
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(folder)
        if finder := workshop.finder():
            sys.exit(f"the kernels as they are don't pass: {finder}")
        verdicts = []
        for what, *change in chosen:
            verdicts.append(workshop.verdict(*change))
            print(f"{what}\n    {verdicts[-1]}", flush=True)
    survivors = verdicts.count("SURVIVED")
    print(f"{len(verdicts)} mistakes: {len(verdicts) - survivors} found, {survivors} survived")
    sys.exit(survivors > 0)


if __name__ == "__main__":
    main()
