"""Broken checkpoints, files of matches and configs: python tests/app/broken_files_test.py PROGRAM LIBRARY

Cut off, with flipped bits, of absurd sizes, of wrong shapes, with numbers that are none: each must be refused with exit
code 2 and one sentence that names the file, and must leave everything as it was. Most are spoilt and then sealed with
the right hash, told here a second time, so that it is not the hash alone that refuses them. Built with the sanitizers
(preset asan), the same test shows that nothing is read where it should not be.
"""

import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

import xxhash

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
TYPES = {"F32": "Float", "F64": "Double", "I32": "Int", "I64": "Long", "U8": "Byte"}
TRAINING = ("train --device cpu --matches 4 --iterations 2 --set steps=10 --set players=2 --set hidden=[8] "
            "--set critic_hidden=[8] --set rollout_steps=5 --set pool_share=0.5 --set pool_slots=1 --set pool_every=1 "
            "--set video_every=0 --set evaluation_matches=0 --set threads=1 --run run").split()


def run(folder, arguments):
    return subprocess.run([PROGRAM, *arguments], cwd=folder, capture_output=True, timeout=300)


class Tensors:
    """A safetensors file: tensors {name: [dtype, shape, bytes]} and metadata {key: text}."""

    def __init__(self, content):
        length = int.from_bytes(content[:8], "little")
        header, data = json.loads(content[8:8 + length]), content[8 + length:]
        self.metadata = header.pop("__metadata__")
        self.tensors = {name: [entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])]]
                        for name, entry in header.items()}

    def sealed(self):
        """XXH3 over metadata and tensors in the order of their names."""
        self.metadata.pop("hash", None)
        pieces = [f"{key}={text}\n".encode() for key, text in sorted(self.metadata.items())]
        for name, (dtype, shape, data) in sorted(self.tensors.items()):
            pieces += [f"{name} {TYPES[dtype]} {len(shape)}\n".encode(), "".join(f"{n} " for n in shape).encode(), data]
        self.metadata["hash"] = f"xxh3:{xxhash.xxh3_64_hexdigest(b''.join(pieces))}"
        return self

    def content(self):
        header, data = {"__metadata__": self.metadata}, b""
        for name, (dtype, shape, of_tensor) in self.tensors.items():
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(of_tensor)]}
            data += of_tensor
        return with_header(json.dumps(header).encode(), data)


def with_header(header, data):
    return len(header).to_bytes(8, "little") + header + data


def spoilt_bytes(content):
    """What can befall the bytes of any safetensors file: (name, content)."""
    length = int.from_bytes(content[:8], "little")
    header, data = content[8:8 + length], content[8 + length:]
    yield "empty", b""
    for left in (7, 8, 8 + length // 2, 8 + length, 8 + length + len(data) // 2, len(content) - 1):
        yield f"cut at {left}", content[:left]
    yield "longer", content + b"\0"
    for at in (3, 7, 8, 8 + length // 3, 8 + length // 2, 8 + length, 8 + length + len(data) // 2, len(content) - 1):
        yield f"bit flipped in byte {at}", content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1:]
    for absurd in (0, 1, 2**31, 2**63, 2**64 - 1):
        yield f"a header of {absurd} bytes", absurd.to_bytes(8, "little") + content[8:]
    shapes = {name: entry["shape"] for name, entry in json.loads(header).items() if name != "__metadata__"}
    largest = max(shapes, key=lambda name: math.prod(shapes[name]))

    def changed(change):
        entries = json.loads(header)
        change(entries)
        return with_header(json.dumps(entries).encode(), data)

    for shape in ([2**62, 4], [2**63], [2**32, 2**32], [-1], [1.5], [0] * 100, "many", None, []):
        yield f"shape {str(shape)[:20]}", changed(lambda entries, shape=shape: entries[largest].update(shape=shape))
    for offsets in ([0, 2**63], [2**64 - 4, 2**64], [8, 4], [0], "all", [-4, 0]):
        yield f"offsets {offsets}", changed(lambda entries, offsets=offsets: entries[largest].update(
            data_offsets=offsets))
    yield "unknown type", changed(lambda entries: entries[largest].update(dtype="F9"))
    yield "no metadata", changed(lambda entries: entries.pop("__metadata__"))
    yield "metadata of numbers", changed(lambda entries: entries.update(__metadata__={"format": 1}))
    yield "a tensor twice", with_header(header[:-1].rstrip(b" }") + b"}," + header[1:], data)
    yield "nested deeply", with_header(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, data)
    yield "no JSON", with_header(b"x" * length, data)
    yield "no UTF-8", with_header(header.replace(b"seed", b"s\xffed"), data)


def number_in(name, dtype, number, at=0):
    """Puts a number at a place of a tensor."""
    letter = {"F32": "f", "F64": "d", "I32": "i", "I64": "q"}[dtype]

    def change(file):
        size = struct.calcsize(letter)
        data = file.tensors[name][2]
        file.tensors[name][2] = data[:at * size] + struct.pack("<" + letter, number) + data[(at + 1) * size:]

    return change


def tensor_as(name, shape, dtype="F32"):
    def change(file):
        file.tensors[name] = [dtype, shape, bytes(math.prod(shape) * {"F32": 4, "F64": 8, "I32": 4, "I64": 8}[dtype])]

    return change


def without(name):
    return lambda file: file.tensors.pop(name)


def told(key, before, after=None):
    """Changes a text of the metadata: a part of it, or all if nothing comes after."""
    def change(file):
        if after is not None and before not in file.metadata[key]:
            sys.exit(f"{key} does not say {before!r}")
        file.metadata[key] = before if after is None else file.metadata[key].replace(before, after)

    return change


WEIGHT = "network.shared_layers.0.weight"
OF_CHECKPOINT = {
    "NaN weight": number_in(WEIGHT, "F32", math.nan, 3),
    "infinite weight": number_in("network.fc_mu.bias", "F32", math.inf),
    "weight of another shape": tensor_as(WEIGHT, [9, 25]),
    "weight without a shape": tensor_as(WEIGHT, []),
    "weight of doubles": tensor_as("network.fc_mu.bias", [4], "F64"),
    "weight missing": without("network.fc_value.bias"),
    "a later format": told("format_version", "4"),
    "a format below zero": told("format_version", "-1"),
    "endless iterations": told("iteration", "9223372036854775807"),
    "match-steps that are none": told("match_steps", "1e3"),
    "absurd network": told("config", "hidden = [8]", "hidden = [" + ", ".join(["65536"] * 64) + "]"),
    "too many layers": told("config", "hidden = [8]", "hidden = [" + ", ".join(["8"] * 1000) + "]"),
    "other players": told("config", "players = 2", "players = 11"),
    "too many players": told("config", "players = 2", "players = 2000000000"),
    "config that is none": told("config", "[[[[[["),
    "config that is empty": told("config", ""),
    "two networks told, one there": told("config", 'teams = "shared"', 'teams = "independent"'),
}
OF_RESUMED = {
    "no optimiser": without("training.optimiser.0.mean"),
    "NaN in the optimiser": number_in("training.optimiser.0.mean", "F32", math.nan),
    "squares below zero": number_in("training.optimiser.0.square", "F32", -1.0),
    "culprit beyond the weights": number_in("training.optimiser.0.culprit", "I64", 2**60),
    "optimiser of another shape": tensor_as("training.optimiser.0.square", [7]),
    "pool of nobody": tensor_as("training.pool.weights", [0, 0]),
    "pool of another shape": tensor_as("training.pool.weights", [1, 7]),
    "pool of two and one": tensor_as("training.pool.points", [9], "F64"),
    "absent opponent plays": number_in("training.pool.playing", "I64", 1000),
    "opponent before the first": number_in("training.pool.playing", "I64", -1),
    "renewed before time began": number_in("training.pool.last_renewal", "I64", -2**63),
    "places that are NaN": number_in("training.matches.bodies", "F32", math.nan, 5),
    "places beyond the stands": number_in("training.matches.bodies", "F32", 1e30, 5),
    "clock before the start": number_in("training.matches.clock", "I32", -1),
    "clock after the end": number_in("training.matches.clock", "I32", 2**31 - 1),
    "episode after the last": number_in("training.matches.episode", "I32", 2**31 - 1),
    "score below zero": number_in("training.matches.score", "I32", -(2**31)),
    "generator of no sort": tensor_as("training.order", [5056 // 8], "I64"),
    "matches of another number": tensor_as("training.matches.clock", [5], "I32"),
    "absurd batch": told("config", "\nmatches = 4 ", "\nmatches = 16777216 "),
}
OF_MATCHES = {
    "action that is NaN": number_in("action", "F32", math.nan, 7),
    "actions of no steps": tensor_as("action", [0, 2, 3, 2, 4]),
    "actions of other players": tensor_as("action", [10, 2, 3, 5, 4]),
    "actions in three dimensions": tensor_as("action", [10, 2, 24]),
    "actions of doubles": tensor_as("action", [10, 2, 3, 2, 4], "F64"),
    "no actions": without("action"),
    "no signatures": without("signature"),
    "fewer signatures": tensor_as("signature", [9], "I64"),
    "places that are NaN": number_in("bodies", "F32", math.nan, 2),
    "places beyond the stands": number_in("bodies", "F32", -1e30, 2),
    "ball of 1e20 u a step": number_in("bodies", "F32", 1e20, 59),
    "bodies of another match": tensor_as("bodies", [4, 7, 3]),
    "clock after the end": number_in("clock", "I32", 2**31 - 1),
    "episode after the last": number_in("episode", "I32", 2**31 - 1),
    "score below zero": number_in("score", "I32", -5),
    "result of another number": tensor_as("result", [2, 4], "I32"),
    "potential that is infinite": number_in("potential", "F32", math.inf),
    "a later format": told("format_version", "3"),
    "seed below zero": told("seed", "-1"),
    "no football": told("rules", "[rules]\npreset = \"chess\"\n"),
    "other players": told("rules", "players = 2", "players = 11"),
    "steps without end": told("rules", "steps = 10", "steps = 2000000000"),
}


def configs(good):
    """Broken configs: (name, content). good: one that is not."""
    yield "key that is none", good + b"\n[rules.more]\nplayres = 3\n"
    for line in ("players = 0", "players = 12", "players = 1e30", "players = 99999999999999999999", "players = 2.5",
                 "players = nan", "players = true", 'players = "five"', "players = [5]", "players = -9223372036854775808",
                 "half_length = nan", "half_length = inf", "half_length = -1.0", "steps = 0", "ball_mass = 0.0"):
        yield line, f"[rules]\n{line}\n".encode()
    for line in ("hidden = []", "hidden = [0]", "hidden = [65537]", "hidden = [64, 1.5]", "hidden = [[64]]",
                 "hidden = [nan]", 'agent = "cat"', "hidden = [" + "65536, " * 63 + "65536]",
                 "hidden = [" + "8, " * 100_000 + "8]"):
        yield line[:30], f"[network]\n{line}\n".encode()
    for line in ("minutes = nan", "minutes = -inf", "learning_rate = nan", "matches = 16777216", "matches = 0",
                 "seed = -1", 'device = "cuda:256"', "rollout_steps = 100001", "iterations = 1\niterations = 2",
                 "pool_share = 0.5\nbot_share = 0.5", "record_every = -1"):
        yield line, f"[train]\n{line}\n".encode()
    yield "no such preset", b'[rules]\npreset = "chess"\n'
    for left in (1, len(good) // 3, len(good) - 2):
        yield f"cut at {left}", good[:left].rstrip() + b"\n[rul"
    for at in range(2, len(good), len(good) // 20):
        yield f"high bit flipped in byte {at}", good[:at] + bytes([good[at] ^ 0x80]) + good[at + 1:]
    yield "zeros", bytes(1000)
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    yield "a megabyte of one bracket", b"a = " + b"[" * 1_000_000
    yield "tables in tables", b"[" + b"a." * 50_000 + b"a]\nb = 1\n"
    yield "tables in tables on a shorter line", b"[" + b"a." * 1990 + b"a]\nb = 1\n"
    yield "a name of a megabyte", b'[rules]\n"' + b"x" * 1_000_000 + b'" = 1\n'


class Judge:
    def __init__(self, folder):
        self.folder = folder
        self.files = self.kept()
        self.asked = {}
        self.faults = []

    def kept(self):
        """Everything in the folder, which no broken file may change."""
        return {path: path.is_file() and path.read_bytes() for path in sorted(self.folder.rglob("*"))}

    def ask(self, kind, name, file, content, command):
        path = self.folder / file
        path.write_bytes(content)
        self.asked[kind] = self.asked.get(kind, 0) + 1
        result = run(self.folder, command.replace("FILE", file).split())
        errors = result.stderr.decode(errors="replace")
        one_sentence = errors.startswith("matchday: ") and errors.count("\n") == 1 and len(errors) < 1000
        # Who asks for more memory than there is may have meant it; the file is in order.
        names_it = path.name in errors or errors.endswith((" GB left\n", " find room\n"))
        if result.returncode != 2 or result.stdout or not one_sentence or not names_it:
            self.faults.append(f"{kind}, {name}: matchday {command}: exit code {result.returncode}\n{errors[:3000]}")
        path.unlink()


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for command in (TRAINING, "eval run --against chaser --matches 3 --record matches".split()):
            result = run(folder, command)
            if result.returncode != 0:
                sys.exit(f"{command}: exit code {result.returncode}\n{result.stderr.decode()}")
        checkpoint = (folder / "run/checkpoints/latest.safetensors").read_bytes()
        matches = (folder / "matches/run-chaser.safetensors").read_bytes()
        for content in (checkpoint, matches):
            assert Tensors(content).sealed().metadata == Tensors(content).metadata, "the hash is told otherwise here"
        config = (folder / "run/config.toml").read_bytes()
        judge = Judge(folder)

        def judge_sealed(kind, good, changes, file, command):
            for name, change in changes.items():
                spoilt = Tensors(good)
                change(spoilt)
                judge.ask(kind, name, file, spoilt.sealed().content(), command)

        broken = "run/checkpoints/broken.safetensors"
        readers = ("info FILE", "eval FILE --matches 1", "play FILE -o new.png", "export FILE -o new.onnx",
                   "train --resume FILE")
        for k, (name, content) in enumerate(spoilt_bytes(checkpoint)):
            judge.ask("checkpoints", name, broken, content, readers[k % len(readers)])
        judge_sealed("checkpoints", checkpoint, OF_CHECKPOINT, broken, "info FILE")
        judge_sealed("checkpoints", checkpoint, OF_RESUMED, broken, "train --resume FILE")
        readers = ("info FILE", "replay FILE", "play FILE -o new.png")
        for k, (name, content) in enumerate(spoilt_bytes(matches)):
            judge.ask("files of matches", name, "broken.safetensors", content, readers[k % len(readers)])
        judge_sealed("files of matches", matches, OF_MATCHES, "broken.safetensors", "replay FILE")
        for name, content in configs(config):
            judge.ask("configs", name, "broken.toml", content, "train FILE --iterations 1 --run new")

        if judge.kept() != judge.files:
            judge.faults.append(f"changed, or left behind: {[str(path) for path, _ in judge.files.items() ^ judge.kept().items()]}")
        print(", ".join(f"{count} broken {kind}" for kind, count in judge.asked.items()) +
              f"; refused otherwise than in one sentence with exit code 2: {len(judge.faults)}")
        if judge.faults:
            sys.exit("\n".join(judge.faults))


main()
