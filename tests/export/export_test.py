"""Exported policies as other programs meet them: python tests/export/export_test.py PROGRAM LIBRARY"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = sys.argv[1]
PRESETS = ("arena", "footyai-v1", "footyai-v2")
MATCHES = 50
SEED = 5

torch.ops.load_library(sys.argv[2])
ops = torch.ops.matchday

try:
    import onnx
    import onnxruntime
except ImportError:
    onnx = onnxruntime = None


def matchday(*arguments, code=0):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    assert done.returncode == code, f"matchday {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


class Matches:
    """The tensors of a batch of matches."""

    def __init__(self, preset, players):
        rules = list(ops.rules(preset))
        rules[ops.rules_names().index("players")] = players
        integers = {"dtype": torch.int32}
        self.rules = rules
        self.bodies = torch.zeros(4, 2 * players + 1, MATCHES)
        self.score = torch.zeros(2, MATCHES, **integers)
        self.clock = torch.zeros(MATCHES, **integers)
        self.episode = torch.zeros(MATCHES, **integers)
        self.potential = torch.zeros(MATCHES)
        self.match = torch.arange(MATCHES)
        self.nonfinite_actions = torch.zeros((), dtype=torch.int64)
        ops.start_(*self.state(), None)
        self.observation = torch.empty_like(self.observe())

    def state(self):
        return self.bodies, self.score, self.clock, self.episode, self.potential, self.match, self.rules, SEED

    def observe(self):
        return ops.observe(self.bodies, self.score, self.clock, self.rules)

    def step(self, action):
        ops.step_(*self.state(), action, torch.ones(()), torch.empty(MATCHES),
                  torch.empty(MATCHES, dtype=torch.bool), self.nonfinite_actions, self.observation)


def training(folder, preset, players, *sets):
    """An untrained checkpoint of that sort, whose actions are not all small."""
    sets = ("steps=40", f"players={players}", "hidden=[24,24]", "matches=4", "rollout_steps=0", "evaluation_matches=0",
            "video_every=0", "learning_rate=0.05", *sets)
    arguments = [word for setting in sets for word in ("--set", setting)]
    matchday("train", "--preset", preset, "--device", "cpu", "--iterations", "3", "--run", str(folder), *arguments)
    return str(folder)


def onnx_answers(path):
    if onnxruntime is None:
        return None
    onnx.checker.check_model(str(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == ["observation"]
    assert [o.name for o in session.get_outputs()] == ["action"]
    return lambda seen: torch.from_numpy(session.run(["action"], {"observation": seen.numpy()})[0])


def safetensors_of(path):
    data = pathlib.Path(path).read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        tensors[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32).reshape(entry["shape"])
    return tensors, metadata


def by_hand(weights, agent, matches):
    """What exported weights do, from the observations that their kind of network reads: [2, B, 4N]."""
    x = (ops.observe_players(matches.bodies, matches.score, matches.clock, matches.rules)
         if agent == "player" else matches.observe())
    for k in range(0, 100, 2):
        if f"shared_layers.{k}.weight" in weights:
            x = torch.relu(torch.nn.functional.linear(x, weights[f"shared_layers.{k}.weight"],
                                                      weights[f"shared_layers.{k}.bias"]))
    action = torch.tanh(torch.nn.functional.linear(x, weights["fc_mu.weight"], weights["fc_mu.bias"])).flatten(2)
    if agent == "player" and matches.rules[0] != ops.rules("arena")[0]:
        action[1] = -action[1]  # the game is seen from above, the players saw their own side
    return action


def test_every_file_plays_alike(folder):
    worst = {}
    for preset in PRESETS:
        for agent, players in (("player", 1), ("player", 4), ("team", 5)):
            head = "squashed" if preset == "arena" else "footyai"
            name = f"{preset}-{agent}-{players}"
            run = training(folder / name, preset, players, f"agent={agent}", f"head={head}")
            for ending in ("safetensors", "pt", "onnx"):
                matchday("export", run, "-o", str(folder / f"{name}.{ending}"))
            weights, metadata = safetensors_of(folder / f"{name}.safetensors")
            extra = {"metadata.json": ""}
            module = torch.jit.load(str(folder / f"{name}.pt"), _extra_files=extra)
            assert json.loads(extra["metadata.json"]) == metadata, f"{name}: the files tell the same of themselves"
            table = json.loads(metadata["observation"])
            last = table[-1]
            matches = Matches(preset, players)
            columns = last["first"] + last["count"] * len(last["components"])
            assert columns == matches.observe().shape[2], f"{name}: the table has every column"
            answers = {"torchscript": module, "onnxruntime": onnx_answers(folder / f"{name}.onnx")}
            if onnx is not None:
                kept = {p.key: p.value for p in onnx.load(str(folder / f"{name}.onnx")).metadata_props}
                assert kept == metadata, f"{name}: the files tell the same of themselves"
            generator = torch.Generator().manual_seed(SEED)
            for step in range(30):
                seen, expected = matches.observe(), by_hand(weights, agent, matches)
                assert step == 0 or expected.abs().mean() > 0.02, f"{name}: the policy hardly moves"
                for format_name, answer in answers.items():
                    if answer is None:
                        continue
                    for team in (0, 1):
                        got = answer(seen[team])
                        assert got.shape == (MATCHES, 4 * players) and got.dtype == torch.float32
                        off = float((got - expected[team]).abs().max())
                        key = (format_name, agent)
                        worst[key] = max(worst.get(key, 0.0), off)
                        assert off < 1e-4, f"{name}, {format_name}, team {team}, step {step}: off by {off}"
                noise = 2 * torch.rand(2, MATCHES, players, 4, generator=generator) - 1
                matches.step((expected.view_as(noise) + noise).contiguous())
            one = module(seen[0, :1])
            torch.testing.assert_close(one, expected[0, :1], rtol=0, atol=1e-4)
            if answers["onnxruntime"]:
                torch.testing.assert_close(answers["onnxruntime"](seen[0, :1]), one, rtol=0, atol=1e-4)
    for (format_name, agent), off in sorted(worst.items()):
        print(f"{format_name}, {agent} networks: worst difference {off:.1e}")


def test_wrong_widths_are_refused(folder):
    module = torch.jit.load(str(folder / "arena-player-4.pt"))
    try:
        module(torch.zeros(3, 55))
    except Exception as error:
        assert "observation must be [B, 54]" in str(error), error
    else:
        raise AssertionError("an observation of another width was taken")


def test_samples_have_the_spread_of_the_policy(folder):
    """Many answers to one observation: their mean and spread before the squash are the network's."""
    run = str(folder / "footyai-v2-team-5")
    answers = {}
    for ending in ("pt", "onnx"):
        matchday("export", run, "--sampled", "-o", str(folder / f"sampled.{ending}"))
    answers["torchscript"] = torch.jit.load(str(folder / "sampled.pt"))
    answers["onnxruntime"] = onnx_answers(folder / "sampled.onnx")
    weights, _ = safetensors_of(folder / "footyai-v2-team-5.safetensors")
    matches = Matches("footyai-v2", 5)
    seen = matches.observe()[0, :1]
    mean = by_hand(weights, "team", matches)[0, 0]
    x = seen
    for k in (0, 2):
        x = torch.relu(x @ weights[f"shared_layers.{k}.weight"].T + weights[f"shared_layers.{k}.bias"])
    sigma = (x @ weights["fc_log_sigma.weight"].T + weights["fc_log_sigma.bias"]).clamp(-20, 2).exp()[0]
    count = 20000
    for name, answer in answers.items():
        if answer is None:
            continue
        drawn = answer(seen.expand(count, -1).contiguous()).double()
        z = (drawn - mean) / sigma
        assert z.mean(0).abs().max() < 5 / count**0.5, f"{name}: samples are not around the mean"
        assert (z.std(0) - 1).abs().max() < 5 / (2 * count)**0.5, f"{name}: samples have another spread"
        assert not torch.equal(answer(seen), answer(seen)), f"{name}: samples differ each time"


def test_a_policy_goes_out_and_comes_back(folder):
    for name in ("arena-player-4", "footyai-v2-team-5"):
        matchday("import", str(folder / f"{name}.safetensors"), "-o", str(folder / "back.safetensors"))
        matchday("export", str(folder / "back.safetensors"), "-o", str(folder / "again.safetensors"))
        before, after = (safetensors_of(folder / f)[0] for f in (f"{name}.safetensors", "again.safetensors"))
        assert before.keys() == after.keys() and all(torch.equal(before[k], after[k]) for k in before), name
        tables = [matchday("eval", team, "--against", "random", "--matches", "20", "--device", "cpu", "--json")
                  for team in (str(folder / name), str(folder / "back.safetensors"))]
        results = [{k: v for k, v in json.loads(t).items() if k != "team"} for t in tables]
        assert results[0] == results[1], f"{name}: what came back plays otherwise"


def test_recorded_weights_are_a_team(folder):
    recorded = os.environ.get("MATCHDAY_RECORDED")
    if recorded is None:
        print("MATCHDAY_RECORDED is not set: FootyAI's own weights were not imported")
        return
    file = f"{recorded}/footyai-v2-update.safetensors"
    team = str(folder / "original.safetensors")
    assert "--prefix after.|before.|grad." in matchday("import", file, "-o", team, code=2)
    assert "footyai-v2, 5 a side" in matchday("import", file, "--prefix", "before.", "-o", team)
    matchday("export", team, "-o", str(folder / "original.pt"))
    everything, _ = safetensors_of(file)
    module = torch.jit.load(str(folder / "original.pt"))
    seen = everything["obs"].flatten(0, 1)
    for side, one_hot in (("a", (1.0, 0.0)), ("b", (0.0, 1.0))):
        action = module(torch.cat([seen, torch.tensor(one_hot).expand(len(seen), 2)], 1))
        off = float((action - everything[f"mu_{side}"].flatten(0, 1)).abs().max())
        print(f"the original's recorded decisions, team {side}: worst difference {off:.1e}")
        assert off < 1e-4
    assert "random" in matchday("eval", team, "--against", "random", "--matches", "20", "--device", "cpu")


def test_the_page_can_be_followed(folder):
    """Every block of commands and of Python in docs/export.md runs."""
    text = (ROOT / "docs" / "export.md").read_text()
    place = folder / "page"
    place.mkdir()
    (place / "matchday").symlink_to(PROGRAM)
    for language, block in re.findall(r"```(\w*)\n(.*?)```", text, re.S):
        if language == "python":
            if onnxruntime is None and "onnxruntime" in block:
                continue
            done = subprocess.run([sys.executable, "-c", block], cwd=place, capture_output=True, text=True)
            assert done.returncode == 0, f"docs/export.md:\n{block}\n{done.stderr}"
            continue
        for line in block.splitlines():
            words = line.split("#")[0].split()
            if not words or (words[1] == "import" and not (place / words[2]).exists()):
                continue  # somebody's weights that are not here
            done = subprocess.run(words, cwd=place, capture_output=True, text=True)
            assert done.returncode == 0, f"docs/export.md: {line}\n{done.stdout}{done.stderr}"


with tempfile.TemporaryDirectory() as path:
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test(pathlib.Path(path))
if onnxruntime is None:
    print("matchday: skipped: onnxruntime or onnx is not installed, so that only TorchScript and weights were tried")
else:
    print("all exported policies do as they should")
