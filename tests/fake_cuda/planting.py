"""How mistakes are planted, one at a time, in a copy of the sources, and what is said of what finds each.

A mistake: (what is wrong, in which file, the text there, what is put in its place).
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def read_with_one(path, before):
    """The file's text, in which `before` stands once; else the program ends and says so."""
    text = path.read_text()
    if text.count(before) != 1:
        sys.exit(f"{path} has {text.count(before)} times the text {before!r}")
    return text


class Workshop:
    """A copy of the sources. Who inherits it tells how a mistake may be found."""

    def __init__(self, folder):
        self.folder = Path(folder)
        files = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True,
                               text=True, check=True).stdout
        for name in filter(None, files.split("\0")):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.folder / name)

    def command(self, *words, **how):
        """Its exit code and what it says."""
        done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                              **{"cwd": self.folder, **how})
        return done.returncode, done.stdout

    def finder(self, name=None):
        """What finds a mistake in this file, or None. Without a file: what the sources as they are don't pass."""
        raise NotImplementedError

    def verdict(self, name, before, after):
        path = self.folder / name
        text = read_with_one(path, before)
        path.write_text(text.replace(before, after))
        finder = self.finder(name)
        path.write_text(text)
        return finder or "SURVIVED"


def plant(mistakes, make_workshop, words):
    """Plants the mistakes whose text has one of the words, or all. Exit code 1: one of them survived."""
    chosen = [one for one in mistakes if not words or any(word in " ".join(one) for word in words)]
    if not chosen:
        sys.exit("no mistake has any of these words")
    with tempfile.TemporaryDirectory() as folder:
        workshop = make_workshop(folder)
        if finder := workshop.finder():
            sys.exit(f"the sources as they are don't pass: {finder}")
        verdicts = []
        for what, *change in chosen:
            verdicts.append(workshop.verdict(*change))
            print(f"{what}\n    {verdicts[-1]}", flush=True)
    survivors = verdicts.count("SURVIVED")
    print(f"{len(verdicts)} mistakes: {len(verdicts) - survivors} found, {survivors} survived")
    sys.exit(survivors > 0)
