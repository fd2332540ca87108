"""Teams learn the same bits by AVX2's vectors as by AVX-512's: python tests/instruction_sets_test.py PROGRAM LIBRARY"""

import json
import os
import pathlib
import subprocess
import sys

PROGRAM = pathlib.Path(sys.argv[1]).resolve()


def trained(instruction_set, preset):
    """The hash of weights after two iterations."""
    run = subprocess.run(
        [PROGRAM, *f"bench train --preset {preset} --device cpu --matches 16 --seconds 0.001 --json".split()],
        env={**os.environ, "MATCHDAY_INSTRUCTION_SET": instruction_set}, capture_output=True, text=True)
    if run.returncode == 2:
        print("matchday: skipped:", run.stderr.strip())
        sys.exit(0)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)["signature"]


for preset in ("arena", "footyai-v2"):
    narrow, wide = (trained(instruction_set, preset) for instruction_set in ("x86_64_v3", "x86_64_v4"))
    assert narrow == wide, f"{preset}: {narrow} by AVX2, {wide} by AVX-512"
