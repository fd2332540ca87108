#!/usr/bin/env python3
"""planted.py [WORD ...] (scripts/mutate gpu): are mistakes in the GPU's path found on the device in the host's memory?

Plants one at a time in a copy of the sources, compiles what reads the changed file, links it with what is built, and
runs the tests. Needs what scripts/prepare tests builds, and one core for half an hour; WORDs choose mistakes by their
text.
"""

import json
import os
import re
import shlex
import sys
from pathlib import Path

from planted_in_kernels import IN_KERNELS
from planted_in_networks import IN_NETWORKS
from planted_on_the_host import ON_THE_HOST
from planting import ROOT, Workshop, plant

BUILD = ROOT / "build"
SECONDS_AT_MOST = "180"  # a program may never end

TESTS, WITH_SANITIZER = "matchday_fake_cuda_tests", "matchday_fake_cuda_asan_tests"
# Those that take longest, which come last.
SLOW = ("*memory that is said*", "*whole matches*", "*recorded iteration*")
QUICK = (TESTS, "".join(f'~"{test}"' for test in SLOW))
# Those that launch every kernel, as in CMakeLists.txt.
OF_KERNELS = (WITH_SANITIZER, "on CUDA adversarial*,on CUDA some*,on CUDA a rollout*,on CUDA the loss*,on CUDA one launch*,on CUDA gradients*,noise*")
RUNS = [QUICK, *((TESTS, test) for test in SLOW)]
RUNS_FOR_KERNELS = [QUICK, OF_KERNELS, *RUNS[1:]]


def reason(output):
    """The test that fails and what it says, from Catch's XML; what the sanitizer says."""
    cases = re.findall(r'<TestCase name="([^"]*)"', output)
    said = re.search(r"ERROR: AddressSanitizer: (\S+)", output)
    if said:
        return f"the address sanitizer ({said[1]}) in: {cases[-1]}"
    said = re.search(r"<Original>\s*(.*?)\s*</Original>", output, re.DOTALL)
    thrown = re.search(r"<(?:Exception|FatalErrorCondition)[^>]*>\s*(.*?)\s*(?:Exception raised from.*?)?</", output,
                       re.DOTALL)
    texts = [re.sub(r"\s+", " ", found[1]) for found in (thrown, said) if found]
    for mark, sign in ("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"):
        texts = [text.replace(mark, sign) for text in texts]
    return f"{cases[-1] if cases else 'no test'}: {texts[0] if texts else 'it never ends'}"


class Built:
    """A test program as it is built: how it is linked and of what."""

    def __init__(self, workshop, program):
        self.program = program
        link = workshop.command("ninja", "-C", BUILD, "-t", "commands", f"bin/{program}")[1].strip().split("\n")[-1]
        self.link = shlex.split(link.split(" && ")[1])
        archives = {Path(word).stem.removeprefix("libmatchday_") for word in self.link if word.endswith(".a")}
        own = [word for word in self.link if word.endswith(".o")]
        of_rooms = [name for name in workshop.compilers
                    if any(name.startswith(f"{room}/CMakeFiles/matchday_{room}.dir/") for room in archives)]
        sources = {workshop.compilers[name][-1] for name in own if name in workshop.compilers}
        # What is linked itself stands for what a room has of the same source.
        self.objects = own + [name for name in of_rooms if workshop.compilers[name][-1] not in sources]

    def link_with(self, changed, to):
        """How it is linked with these objects in place of its own. changed: {object: its path}"""
        words = [changed.get(word, word) for word in self.link]
        words[words.index("-o") + 1] = to
        at = words.index("-o")
        return words[:at] + [path for name, path in changed.items() if name not in self.link] + words[at:]


class Device(Workshop):
    """The copy, of which only what reads a changed file is compiled."""

    def __init__(self, folder):
        super().__init__(folder)
        self.compilers = {}  # {object: the words that make it}
        for one in json.loads((BUILD / "compile_commands.json").read_text()):
            words = shlex.split(one["command"])
            self.compilers[words[words.index("-o") + 1]] = words
        self.read_by = {}  # {file of ours: the objects whose sources read it}
        for block in self.command("ninja", "-C", BUILD, "-t", "deps")[1].split("\n\n"):
            name, *files = block.strip().split("\n")
            for file in files:
                if file.strip().startswith(f"{ROOT}/"):
                    self.read_by.setdefault(file.strip()[len(f"{ROOT}/"):], []).append(name.split(":")[0])
        self.built = {program: Built(self, program) for program in (TESTS, WITH_SANITIZER)}
        self.environment = {**os.environ, "OMP_WAIT_POLICY": "passive",
                            "ASAN_OPTIONS": "detect_leaks=0:alloc_dealloc_mismatch=0"}

    def build(self, program, name):
        """Whether it could be built with this file as it is in the copy."""
        changed = {}
        objects = [one for one in self.read_by.get(name, []) if one in self.built[program].objects]
        of_gpu = [one for one in objects if one.endswith(".cu.o")]
        for k, one in enumerate(of_gpu or objects):  # where a GPU's kernels read it, the CPU's are left as they are
            changed[one] = str(self.folder / f"{program}.{k}.o")
            words = [word.replace(f"-I{ROOT}", f"-I{self.folder}") if word == f"-I{ROOT}" else word
                     for word in self.compilers[one]]
            words[words.index("-o") + 1] = changed[one]
            words[-1] = str(self.folder / Path(words[-1]).relative_to(ROOT))
            failed, output = self.command(*words, "-w", cwd=BUILD)
            if failed:
                sys.exit(f"{name} does not compile:\n{output}")
        failed, output = self.command(*self.built[program].link_with(changed, str(self.folder / program)), cwd=BUILD)
        if failed:
            sys.exit(f"{name} does not link:\n{output}")

    def finder(self, name=None):
        built = set()
        for program, tests in RUNS_FOR_KERNELS if name is None or name.startswith("kernels/") else RUNS:
            if program not in built:
                self.build(program, name)
                built.add(program)
            failed, output = self.command("timeout", SECONDS_AT_MOST, self.folder / program, "-a", "-r", "xml", tests,
                                          env=self.environment)
            if failed:
                return reason(output)
        return None


if __name__ == "__main__":
    plant(ON_THE_HOST + IN_KERNELS + IN_NETWORKS, Device, sys.argv[1:])
