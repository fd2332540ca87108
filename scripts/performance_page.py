"""Reads and writes the tables of docs/performance.md, and what nvcc says of kernels."""

import json
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
PAGE = ROOT / "docs/performance.md"
END = "<!-- end of the table -->\n"

# Limits of a multiprocessor of compute capability 9.0 (CUDA C++ Programming Guide, "Compute Capabilities"): four parts
# have 16,384 registers each, of which a warp takes multiples of 256; 32 blocks; 228 KiB of shared memory, of which the
# system takes 1 KiB a block.
PARTS, REGISTERS_OF_PART, REGISTERS_AT_ONCE, BLOCKS, SHARED, SHARED_OF_SYSTEM = 4, 16384, 256, 32, 228 * 1024, 1024


def output_of(*command):
    done = subprocess.run(command, cwd=BUILD, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(command)} failed:\n{done.stdout}")
    return done.stdout


def parted(name):
    """The page before a table, the table, and the page after it."""
    before, rest = PAGE.read_text().split(f"<!-- {name} -->\n")
    table, after = rest.split(END, 1)
    return before, table, after


def table_of(name):
    """A table's rows, without its header, as lists of strings."""
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in parted(name)[1].splitlines()[2:]]


def put_table(name, head, rows):
    before, _, after = parted(name)
    lines = [head, ["---"] * len(head), *rows]
    table = "".join("| " + " | ".join(line) + " |\n" if line[0] != "---" else "|" + "---|" * len(line) + "\n"
                    for line in lines)
    PAGE.write_text(f"{before}<!-- {name} -->\n{table}{END}{after}")


def resources(architecture, sources=r"cuda/.*\.cu\.o"):
    """The compiler's figures: kernel's symbol -> (registers, bytes spilled, bytes of shared memory)"""
    found = {}
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    for entry in commands:
        if not re.search(r"matchday_kernels.dir/" + sources, entry["command"]):
            continue
        words = [w for w in shlex.split(entry["command"]) if not w.startswith("--generate-code") and "ccache" not in w]
        words[words.index("-c")] = "-cubin"
        with tempfile.NamedTemporaryFile(suffix=".cubin") as cubin:
            words[words.index("-o") + 1] = cubin.name
            told = output_of(*words, f"-arch={architecture}", "--resource-usage")
        pattern = (r"entry function '(\w+)'.*?(\d+) bytes spill stores.*?"
                   r"Used (\d+) registers(?:[^\n]*?(\d+) bytes smem)?")
        for symbol, spilled, registers, shared in re.findall(pattern, told, re.S):
            found[symbol] = (int(registers), int(spilled), int(shared or 0))
    return found


def warps_at_once(registers, shared, warps_of_block=1):
    of_warp = -(-32 * registers // REGISTERS_AT_ONCE) * REGISTERS_AT_ONCE
    by_registers = PARTS * (REGISTERS_OF_PART // of_warp) // warps_of_block
    return warps_of_block * min(by_registers, SHARED // (shared + SHARED_OF_SYSTEM), BLOCKS)
