"""The commands that the docs tell of: python tests/scripts/docs_test.py PROGRAM LIBRARY

Those in blocks are run, made small. Of those within sentences every flag must be one of the command's. The table of all
keys must be the program's, links must lead to files, and the graph of rooms must be that of the sources, without a
circle. The reference of the C++ API must have no comment that names what is not there (where doxygen is installed).
"""

import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(sys.argv[1]).resolve()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OWN_TEST = {"export.md", "python.md"}  # export_test.py and python/example_test.py run these pages' blocks
NEW_RUN = ("iterations=1 matches=16 threads=1 evaluation_matches=0 video_every=0 checkpoint_minutes=0 "
           "steps=40 rollout_steps=20 minibatch=200").split()


def matchday(folder, *words):
    return subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True)


def without(words, *flags):
    """The words without these flags and their values."""
    kept = []
    for word in words:
        if kept and kept[-1] in flags:
            kept.pop()
        else:
            kept.append(word)
    return kept


def made_small(words, number):
    if words[0] == "train" and "--resume" in words:
        return [*without(words, "--match-steps", "--minutes", "--iterations"), "--iterations", "2"]
    if words[0] == "train":
        words = without(words, "--match-steps", "--minutes", "--iterations", "--matches")
        return [*words, "--run", f"run{number}", *(part for key in NEW_RUN for part in ("--set", key))]
    if words[0] in ("eval", "tournament"):
        return [*without(words, "--matches"), "--matches", "8"]
    return words


def commands(text):
    for block in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S):
        for line in re.sub(r"\\\n", " ", block).splitlines():
            if match := re.match(r"(?:\./)?matchday (.*)", line):
                yield shlex.split(match[1], comments=True)


def mentioned(text):
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    for span in re.findall(r"`([^`]+)`", prose):
        if match := re.match(r"(?:\./)?matchday ([a-z]+)\b(.*)", span, re.S):
            yield match[1], re.findall(r"(?<!\S)--[a-z-]+", match[2])


def check_links():
    """Every link of a page to a file leads to one."""
    links = 0
    for page in [*PAGES, ROOT / "docs/gallery.html", ROOT / "tests/README.md", ROOT / "CONTRIBUTING.md"]:
        text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
        for link in re.findall(r'\]\(([^)#\s]+)|(?:href|src)="([^"#]+)', text):
            link = "".join(link)
            links += 1
            assert link.startswith("http") or (page.parent / link).exists(), f"{page.name}: there is no {link}"
    assert links > 50, links


def main():
    check_links()
    ran = looked_at = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ("configs", "models"):
            (folder / name).symlink_to(ROOT / name)
        done = matchday(folder, *made_small(["train"], ""))
        assert done.returncode == 0, done.stderr
        (folder / "run").rename(folder / "RUN")
        for page in PAGES:
            text = page.read_text()
            for words in [] if page.name in OWN_TEST else commands(text):
                if words[0] == "test":
                    continue
                words = [re.sub(r"runs/[a-z]+-[0-9-]+", "RUN", word) for word in words]
                words = [re.sub(r"iteration-\d+", "iteration-000000001", word) for word in words]
                done = matchday(folder, *made_small(words, ran))
                assert done.returncode == 0, f"{page.name}: matchday {' '.join(words)}\n{done.stdout}{done.stderr}"
                ran += 1
            for command, flags in mentioned(text):
                done = matchday(folder, *(["bench", "all"] if command == "bench" else [command]), "--help")
                assert done.returncode == 0, f"{page.name}: there is no command {command}"
                known = set(re.findall(r"--[a-z-]+", done.stdout))
                assert set(flags) <= known, f"{page.name}: matchday {command} has no {set(flags) - known}"
                looked_at += 1
        table = re.search(r"^`matchday info --config`:\n\n```text\n(.*?)^```$",
                          (ROOT / "docs/configuration.md").read_text(), re.M | re.S)[1]
        assert table == matchday(folder, "info", "--config").stdout, \
            "docs/configuration.md: its table is not what matchday info --config says"
    done = subprocess.run([sys.executable, ROOT / "scripts/room-graph", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if shutil.which("doxygen"):
        done = subprocess.run(["doxygen", "docs/Doxyfile"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert ran > 5 and looked_at > 20, (ran, looked_at)
    print(f"{ran} commands of the docs run, {looked_at} more have the flags that are told of")


main()
