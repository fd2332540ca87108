"""Reads and writes the tables of docs/performance.md."""

import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
PAGE = ROOT / "docs/performance.md"
END = "<!-- end of the table -->\n"


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
