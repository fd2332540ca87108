"""Policies that the Python package reads."""

import json
import os
import pathlib
import subprocess
import tempfile

import gymnasium
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch.nn import functional

from package import PROGRAM, TRAINED, matchday, refused


def lively(policy, seed):
    """Weights that make a difference in every part of a network."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in policy.parameters():
        scale = 0.3 if parameter.dim() == 1 else 0.6 / parameter.shape[1]**0.5
        parameter.data += scale * torch.randn(parameter.shape, generator=generator)
    return policy


@torch.no_grad()
def play_as_eval_does(policies, seed):
    """128 matches: the mean distance between mates of both teams (u), goals of both teams."""
    matches = matchday.Matches(policies[0].preset, 128, seed=seed, **policies[0].rules)
    n = matches.players
    first, second = torch.triu_indices(n, n, 1)
    apart = torch.zeros(2, dtype=torch.float64)
    for _ in range(matches.steps):
        places = matches.bodies[:2, :2 * n].unflatten(1, (2, n))
        gaps = (places[:, :, first] - places[:, :, second]).square().sum(0).sqrt()
        apart += gaps.double().mean((1, 2)) / matches.steps
        noise = matches.noise()
        action = torch.empty(2, 128, n, 4)
        for team, policy in enumerate(policies):
            sample, log_std = policy.distribution(matches.observe(policy.view)[team])
            if policy.decisions == "sampled":
                sample = sample + log_std.exp() * noise[team].reshape(sample.shape)
            action[team] = policy.action(sample).view(128, n, 4)
        if policies[1].view == "player":
            matches.rotate(action[1])
        matches.step(action)
    return apart.tolist(), matches.score.sum(1).tolist()


def test_policies_play_as_the_program_has_them_play():
    # Where players stand after some steps of two networks' play: the program's metric has many digits.
    networks = ({"agent": "player", "trunk": "mlp", "head": "squashed", "sigma": "global"},
                {"agent": "player", "trunk": "residual", "head": "footyai", "sigma": "network"},
                {"agent": "team", "trunk": "residual", "head": "squashed", "sigma": "network"},
                {"agent": "team", "trunk": "mlp", "head": "footyai", "sigma": "global"})
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/a.safetensors", f"{folder}/b.safetensors"]
        for number, preset in enumerate(matchday.PRESETS):
            for network in networks:
                for seed, file in enumerate(files):
                    # One with a critic, one without.
                    sizes = {"hidden": [24, 24], "critic_hidden": [16] * seed}
                    lively(matchday.Policy(preset, "mean", {**network, **sizes}, players=3, steps=10), seed).save(file)
                decisions = "sampled" if number == 1 or network["head"] == "footyai" else "mean"
                command = [PROGRAM, "eval", files[0], "--against", files[1], "--matches", "128", "--seed", "9",
                           "--device", "cpu", "--decisions", decisions, "--json"]
                told = subprocess.run(command, capture_output=True, text=True,
                                      env={**os.environ, "OMP_NUM_THREADS": "1"})
                assert told.returncode == 0, told.stderr
                as_a = json.loads(told.stdout)["as_a"]
                expected = [as_a[team]["distance_between_mates"] for team in ("own", "opponents")]
                policies = [matchday.load_policy(file, decisions=decisions) for file in files]
                apart, goals = play_as_eval_does(policies, 9)
                what = f"{preset}, {network}, {decisions}: {apart} instead of {expected}"
                assert max(abs(a - b) for a, b in zip(apart, expected)) < 1e-5, what
                assert goals == [as_a["goals_for"], as_a["goals_against"]], what


def test_options_of_version_0_1_are_read_under_their_old_names():
    policy = matchday.Policy(network={"kind": "team", "body": "residual"})
    assert policy.view == "team" and policy.network["trunk"] == "residual"
    assert "kind" not in policy.network and "body" not in policy.network


def test_the_trained_team_is_what_its_file_says():
    policy = matchday.load_policy(TRAINED)
    with safe_open(TRAINED, "pt") as file:
        weights = {name.removeprefix("network."): file.get_tensor(name) for name in file.keys()}
    assert policy.state_dict().keys() == weights.keys(), "names are the file's"
    envs = matchday.make(policy.preset, matches=20, seed=0, view=policy.view, **policy.rules)
    seen, _ = envs.reset()
    features = seen
    for layer in (0, 2, 4):
        features = functional.linear(features, weights[f"shared_layers.{layer}.weight"],
                                     weights[f"shared_layers.{layer}.bias"]).clamp_min(0)
    mean = features @ weights["fc_mu.weight"].t() + weights["fc_mu.bias"]
    log_std = 1.5 * torch.sigmoid(weights["fc_log_sigma.bias"]) - 1.0
    with torch.no_grad():
        torch.testing.assert_close(policy(seen), mean.tanh(), rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(policy.distribution(seen)[1], log_std.expand_as(mean))
        assert policy.value(seen).shape == (200,)
        # The log-probability is the operator's, and samples have the Gaussian's moments.
        moment = (envs.matches.match, envs.matches.episode, envs.matches.clock, 1, 1024, True)
        by_team = mean.view(2, 20, 5, 4).contiguous()
        log_stds = log_std.expand_as(by_team).contiguous()
        sample, _, log_prob = matchday.ops.sample_actions(by_team, log_stds, *moment)
        got = policy.log_prob(seen, sample.view(-1, 4))[:, 0]
        torch.testing.assert_close(got, log_prob.flatten(), rtol=1e-4, atol=1e-4)
        torch.manual_seed(0)
        drawn = matchday.load_policy(TRAINED, decisions="sampled")(seen[:1].expand(20000, -1)).atanh()
    torch.testing.assert_close(drawn.mean(0), mean[0], rtol=0.05, atol=0.05)
    torch.testing.assert_close(drawn.std(0).log(), log_std, rtol=0, atol=0.05)


def test_what_the_program_writes_has_the_hash_that_is_expected():
    with tempfile.TemporaryDirectory() as folder:
        command = [PROGRAM, "train", "--device", "cpu", "--iterations", "1", "--matches", "4", "--set",
                   "evaluation_matches=0", "--set", "video_every=0", "--run", f"{folder}/run"]
        told = subprocess.run(command, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        file = pathlib.Path(folder, "run/checkpoints/latest.safetensors")
        assert matchday.load_policy(f"{folder}/run").preset == "arena"
        content = file.read_bytes()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        refused("its content is not what was written", lambda: matchday.load_policy(file))


def test_bad_files_are_refused():
    with safe_open(TRAINED, "pt") as file:
        metadata, weights = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/bad.safetensors"

        def complaint(text, metadata=metadata, **changes):
            kept = {**weights, **{f"network.{name.replace('__', '.')}": tensor for name, tensor in changes.items()}}
            kept = {name: tensor for name, tensor in kept.items() if tensor is not None}
            # Sealed anew, so that it is not the hash that tells.
            save_file(kept, path, {**metadata, "hash": matchday.policy.hash_of(metadata, kept)})
            refused(text, lambda: matchday.load_policy(path))

        refused("cannot be read as a safetensors file", lambda: matchday.load_policy(f"{folder}/none.safetensors"))
        whole = TRAINED.read_bytes()
        for part in (b"", b"no tensors at all", whole[:200], whole[:-7]):
            pathlib.Path(path).write_bytes(part)
            refused("cannot be read as a safetensors file", lambda: matchday.load_policy(path))
        complaint('this is no matchday checkpoint: its metadata has no "format_version"', metadata={"format": "pt"})
        complaint("its format version is 4 but this package reads up to 3", {**metadata, "format_version": "4"})
        complaint("its config is no TOML", {**metadata, "config": "[rules"})
        complaint("its config has no network", {**metadata, "config": "[rules]\npreset = 'arena'"})
        for old, new, text in (("players = 5", "players = 50", "players is 50; it must be a whole number from 1 to 11"),
                               ('head = "squashed"', 'head = "bare"', "head is 'bare'; it must be one of squashed"),
                               ("hidden = [64, 64, 64]", "hidden = []", "hidden is []; it must be 1 to 64"),
                               ("hidden = [64, 64, 64]", "hidden = 64", "hidden is 64; it must be 1 to 64"),
                               ("log_std_lowest = -1.0", "log_std_lowest = 9.0", "they must rise")):
            assert old in metadata["config"]
            complaint(text, {**metadata, "config": metadata["config"].replace(old, new)})
        complaint("there is no tensor network.fc_mu.bias", fc_mu__bias=None)
        complaint("network.fc_mu.bias is torch.float32 [5] but must be torch.float32 [4]", fc_mu__bias=torch.zeros(5))
        complaint("network.fc_mu.bias is torch.float64", fc_mu__bias=torch.zeros(4, dtype=torch.float64))
        complaint("network.fc_mu.bias holds numbers that are not finite", fc_mu__bias=torch.full((4,), torch.nan))
    refused("team is 'c'; it must be a or b", lambda: matchday.load_policy(TRAINED, team="c"))
    refused("decisions is 'wild'", lambda: matchday.load_policy(TRAINED, decisions="wild"))
    refused("there is no network option 'width'", lambda: matchday.Policy(network={"width": 3}))


def test_teams_may_have_networks_of_their_own():
    policy = lively(matchday.Policy(), 1)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/two.safetensors"
        policy.save(path)
        with safe_open(path, "pt") as file:
            config = file.metadata()["config"] + '\n[train]\nteams = "independent"\n'
            tensors = {f"{team}.{name}": tensor + (team == "b") for team in "ab"
                       for name, tensor in policy.state_dict().items()}
            save_file(tensors, path, {**file.metadata(), "config": config})
        a, b = (matchday.load_policy(path, team=team) for team in "ab")
    assert torch.equal(a.fc_mu.weight, policy.fc_mu.weight) and torch.equal(b.fc_mu.weight, policy.fc_mu.weight + 1)


def test_a_run_folder_stands_for_its_best_team():
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        config = pathlib.Path(folder) / "config.toml"
        config.write_text("[rules]\nplayers = 1\nsteps = 10\n[network]\nhidden = [8]\ncritic_hidden = [8]\n"
                          "[train]\nmatches = 8\nrollout_steps = 5\niterations = 2\nminutes = 0\nminibatch = 40\n"
                          "video_every = 0\nevaluate_every = 0\nevaluation_matches = 0\nthreads = 1\n")
        command = [PROGRAM, "train", config, "--run", run, "--device", "cpu"]
        told = subprocess.run(command, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        latest, best = (run / "checkpoints" / f"{name}.safetensors" for name in ("latest", "best"))
        best.unlink(missing_ok=True)
        weights = matchday.load_policy(latest).state_dict()
        for place in (run, str(run)):
            assert all(map(torch.equal, matchday.load_policy(place).state_dict().values(), weights.values()))
        lively(matchday.Policy(players=1), 1).save(best)
        assert not torch.equal(matchday.load_policy(run).fc_mu.bias, weights["fc_mu.bias"]), "the best comes first"
        best.unlink()

        # A checkpoint that was spoilt on the way is known by its hash, wherever a byte is another one.
        with safe_open(latest, "pt") as file:
            metadata, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}
        training = next(name for name, tensor in tensors.items() if name.startswith("training.") and tensor.numel() > 0)
        for name in ("network.fc_mu.bias", training):
            spoilt = tensors[name].clone()
            spoilt.view(-1).view(torch.uint8)[0] ^= 1
            save_file({**tensors, name: spoilt}, latest, metadata)
            refused("its content is not what was written", lambda: matchday.load_policy(run))
        save_file(tensors, latest, {**metadata, "match_steps": "1"})
        refused("its content is not what was written", lambda: matchday.load_policy(run))
        save_file(tensors, latest, {key: text for key, text in metadata.items() if key != "hash"})
        refused('its metadata has no "hash"', lambda: matchday.load_policy(run))
        save_file(tensors, latest, metadata)
        matchday.load_policy(run)
        latest.unlink()
        refused("there is no checkpoint in it", lambda: matchday.load_policy(run))

        # Nothing is not the folder that one is in.
        save_file(tensors, latest, metadata)
        before = os.getcwd()
        os.chdir(run)
        try:
            matchday.load_policy(".")
            refused("file is ''; it must be a checkpoint or a run's folder", lambda: matchday.load_policy(""))
        finally:
            os.chdir(before)


def test_what_is_saved_can_be_read():
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/saved.safetensors"
        for dtype in (torch.float16, torch.bfloat16, torch.float64):
            policy = lively(matchday.Policy(players=1, steps=5), 2).to(dtype)
            policy.save(file)
            for name, weights in matchday.load_policy(file).state_dict().items():
                assert torch.equal(weights, policy.state_dict()[name].float()), (dtype, name)
        told = subprocess.run([PROGRAM, "eval", file, "--against", "still", "--matches", "1", "--device", "cpu"],
                              capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        policy = matchday.Policy().double()
        kept = pathlib.Path(file).read_bytes()
        for number in (torch.nan, torch.inf, 1e300):  # the last has no place in float32
            policy.fc_mu.bias.data[0] = number
            refused("network.fc_mu.bias holds numbers that are not finite", lambda: policy.save(file))
        assert pathlib.Path(file).read_bytes() == kept
        policy.network["hidden"].append(3)
        assert matchday.Policy().network["hidden"] == [64, 64, 64], "one policy's options are no other's"


def test_an_opponent_plays_by_its_own_rules_alone():
    policy = matchday.load_policy(TRAINED)
    refused("the opponent was trained by the rules of arena and can't play footyai-v2",
            lambda: matchday.make("footyai-v2", opponent=policy))
    refused("the opponent was trained by the rules of arena and can't play footyai-v2",
            lambda: matchday.make("footyai-v2", opponent=torch.compile(policy, backend="eager")))
    refused("the opponent was trained by other rules: players was 5 and is 3",
            lambda: matchday.make(opponent=policy, players=3))
    refused("the opponent was trained by other rules: ball_keep was 0.92 and is 0.9",
            lambda: gymnasium.make("matchday/arena-v0", opponent=policy, ball_keep=0.9))
    envs = matchday.make(opponent="still", steps=20)
    refused("the opponent was trained by other rules: steps was", lambda: setattr(envs, "opponent", policy))
    refused("opponent is None; self-play can't become", lambda: setattr(envs, "opponent", None))
    refused("opponent is 'chaser'; self-play can't become", lambda: setattr(matchday.make(), "opponent", "chaser"))
    envs = matchday.make(opponent="still", **policy.rules)
    envs.opponent = policy
