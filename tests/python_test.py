"""The Python package: python tests/python_test.py PROGRAM LIBRARY"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM, LIBRARY = sys.argv[1:3]
os.environ["MATCHDAY_LIBRARY"] = LIBRARY
sys.path.insert(0, str(ROOT / "python"))

import gymnasium
import numpy
import pettingzoo.test
import torch
from gymnasium.utils.env_checker import check_env
from safetensors import safe_open
from safetensors.torch import save_file
from torch.nn import functional

import matchday

torch.set_num_threads(1)  # tests run beside each other
TRAINED = ROOT / "models" / "arena.safetensors"


def refused(complaint, act, kind=ValueError):
    try:
        act()
    except kind as error:
        assert complaint in str(error) and "\n" not in str(error), f"{error} should say in one line: {complaint}"
    else:
        raise AssertionError(f"nothing was raised that says: {complaint}")


def random_action(envs, generator):
    return 2 * torch.rand(envs.action_space.shape, generator=generator) - 1


def test_spaces_are_those_of_the_tensors():
    for preset in matchday.PRESETS:
        for view, rows in (("team", 1), ("player", 3)):
            for opponent, teams in ((None, 2), ("still", 1)):
                envs = matchday.make(preset, matches=4, view=view, opponent=opponent, players=3)
                seen, _ = envs.reset()
                assert isinstance(envs, gymnasium.vector.VectorEnv) and envs.num_envs == teams * 4 * rows
                assert seen.shape == envs.observation_space.shape and seen.shape[0] == envs.num_envs
                assert seen.shape[1:] == envs.single_observation_space.shape
                assert envs.single_action_space.shape == (12 // rows,) and envs.action_space.shape[0] == envs.num_envs
                seen, reward, terminated, truncated, info = envs.step(torch.as_tensor(envs.action_space.sample()))
                assert envs.observation_space.contains(seen.numpy()), "observations are in their space"
                for tensor, kind in ((reward, torch.float32), (terminated, torch.bool), (truncated, torch.bool)):
                    assert tensor.shape == (envs.num_envs,) and tensor.dtype == kind
                assert info == {} and not terminated.any() and not truncated.any()


def test_self_play_is_mirrored_and_adds_up_to_nothing():
    for preset in matchday.PRESETS:
        envs = matchday.make(preset, matches=6, view="player", players=2)
        envs.reset()
        bodies = envs.matches.bodies
        bodies[:, 2:4] = 0 - bodies[:, :2]
        generator = torch.Generator().manual_seed(1)
        for _ in range(60):
            action = 2 * torch.rand(12, 4, generator=generator) - 1
            # Both teams do the same as they see it, so that they must go on seeing the same.
            seen, reward, *_ = envs.step(torch.cat([action, action]))
            assert torch.equal(seen[:12], seen[12:]), f"{preset}: a mirrored match stays mirrored"
            assert torch.equal(reward[:12], -reward[12:]) and torch.equal(reward[0:12:2], reward[1:12:2])
        seen, *_ = envs.step(torch.cat([action, -action]))
        assert not torch.equal(seen[:12], seen[12:]), f"{preset}: teams that do otherwise see otherwise"


def by_hand(preset, seed, steps, players, action):
    """The same play by the operators alone: what both teams see, A's rewards, scores."""
    ops, batch, n = torch.ops.matchday, action.shape[2], players
    numbers = list(ops.rules(preset))
    numbers[1:3] = players, steps
    clock, episode = torch.zeros(batch, dtype=torch.int32), torch.full((batch,), -1, dtype=torch.int32)
    state = (torch.zeros(4, 2 * n + 1, batch), torch.zeros(2, batch, dtype=torch.int32), clock, episode,
             torch.zeros(batch), torch.arange(batch), numbers, seed)
    ops.start_(*state)
    results = []
    for both in action:
        reward, over = torch.zeros(batch), torch.zeros(batch, dtype=torch.bool)
        ops.step_(*state, both, torch.ones(()), reward, over, torch.zeros((), dtype=torch.int64))
        final, score = ops.observe(*state[:3], numbers), state[1].clone()
        ops.start_(*state, over)
        results.append((ops.observe(*state[:3], numbers), reward, over, final, score))
    return results


def test_both_ways_to_start_again():
    action = 2 * torch.rand(25, 2, 5, 3, 4, generator=torch.Generator().manual_seed(2)) - 1
    expected = by_hand("arena", 11, 10, 3, action)
    envs = matchday.make(matches=5, players=3, steps=10, seed=11)
    assert envs.metadata["autoreset_mode"] == gymnasium.vector.AutoresetMode.SAME_STEP
    envs.reset()
    for both, (seen, reward, over, final, score) in zip(action, expected, strict=True):
        got, got_reward, terminated, truncated, info = envs.step(both.reshape(10, 12))
        assert torch.equal(got, seen.flatten(0, 1)) and torch.equal(got_reward, torch.cat([reward, -reward]))
        assert torch.equal(terminated, torch.cat([over, over])) and not truncated.any()
        assert bool(info) == bool(over.any()), "info tells of ends alone"
        if info:
            assert torch.equal(info["final_obs"], final.flatten(0, 1)) and torch.equal(info["_final_obs"], terminated)
            assert torch.equal(info["score"], torch.cat([score.t(), score.flip(0).t()]))

    envs = matchday.make(matches=5, players=3, steps=10, seed=11, autoreset="next_step")
    assert envs.metadata["autoreset_mode"] == gymnasium.vector.AutoresetMode.NEXT_STEP
    envs.reset()
    for t, (seen, reward, over, final, score) in enumerate(expected):
        got, got_reward, terminated, _, info = envs.step(action[t].reshape(10, 12))
        assert torch.equal(got_reward[:5], reward) and torch.equal(terminated[:5], over)
        assert torch.equal(got, (final if over.any() else seen).flatten(0, 1))
        if over.any():
            assert torch.equal(info["score"][5:], score.flip(0).t()) and "final_obs" not in info
            got, got_reward, terminated, _, info = envs.step(torch.ones(10, 12))
            assert torch.equal(got, seen.flatten(0, 1)), "the step after full time shows the next match's start"
            assert not got_reward.any() and not terminated.any() and info == {}


def test_staggered_matches_end_one_after_the_other():
    for autoreset, period in (("same_step", 10), ("next_step", 11)):
        envs = matchday.make(matches=4, steps=10, opponent="still", stagger=True, autoreset=autoreset)
        envs.reset()
        ends = [[] for _ in range(4)]
        for t in range(1, 40):
            _, _, terminated, _, info = envs.step(torch.zeros(4, 20))
            told = info.get("_score", torch.zeros(4, dtype=torch.bool))
            assert torch.equal(told, terminated), "info tells of each end"
            for match in terminated.nonzero()[:, 0].tolist():
                ends[match].append(t)
        assert ends == [list(range(10 - start, 40, period)) for start in (0, 2, 5, 7)], autoreset


def test_scores_begin_with_the_own_goals():
    envs = matchday.make(matches=3, steps=1, view="player", players=2)
    envs.reset()
    envs.matches.score[0] = torch.tensor([0, 2, 0])
    envs.matches.score[1] = torch.tensor([0, 0, 1])
    *_, info = envs.step(torch.zeros(12, 4))
    assert info["score"].view(2, 3, 2, 2)[:, :, 1].tolist() == [[[0, 0], [2, 0], [0, 1]], [[0, 0], [0, 2], [1, 0]]]


def test_results_follow_from_the_seed():
    def play(envs, **reset):
        first, _ = envs.reset(**reset)
        seen, reward, *_ = envs.step(torch.full(envs.action_space.shape, 0.5))
        return torch.cat([first.flatten(), seen.flatten(), reward])

    envs = matchday.make(matches=3, seed=5)
    first, next_one = play(envs), play(envs)
    assert not torch.equal(first, next_one), "a reset without a seed goes on to other matches"
    assert torch.equal(first, play(envs, seed=5)) and torch.equal(next_one, play(envs)), "a seed begins again"
    assert not torch.equal(first, play(envs, seed=6))
    more = matchday.make(matches=300, seed=5, opponent="still")
    assert torch.equal(more.reset()[0][:3], envs.reset(seed=5)[0][:3]), "a match does not depend on how many there are"


def test_steps_give_new_tensors_and_keep_no_gradient():
    envs = matchday.make(matches=3, view="player")
    before, _ = envs.reset()
    kept = before.clone()
    seen, reward, *_ = envs.step(torch.ones(30, 4, requires_grad=True) * 0.5)
    assert torch.equal(before, kept) and not torch.equal(seen, kept)
    assert not seen.requires_grad and not reward.requires_grad
    address = envs.matches.bodies.data_ptr()
    envs.step(torch.ones(30, 4))
    assert envs.matches.bodies.data_ptr() == address, "the state is stepped in place"


def test_an_opponent_plays_as_in_self_play():
    generator = torch.Generator().manual_seed(3)
    for preset in matchday.PRESETS:
        policies = {kind: matchday.Policy(preset, network={"kind": kind}, players=2) for kind in ("player", "team")}
        for view in policies:
            both = matchday.make(preset, matches=4, view=view, players=2, steps=12)
            one = matchday.make(preset, matches=4, view=view, players=2, steps=12, opponent=policies[view])
            other_view = "team" if view == "player" else "player"
            other = matchday.make(preset, matches=4, view=other_view, players=2, steps=12, opponent=policies[view])
            seen = both.reset()[0]
            assert torch.equal(one.reset()[0], seen[:one.num_envs])
            other.reset()
            for _ in range(30):
                action = random_action(one, generator)
                with torch.no_grad():
                    seen, reward, *_ = both.step(torch.cat([action, policies[view](seen[one.num_envs:])]))
                got, got_reward, *_ = one.step(action)
                assert torch.equal(got, seen[:one.num_envs]) and torch.equal(got_reward, reward[:one.num_envs])
                # The learner's view does not matter: players' actions side by side are their team's, but turned for
                # nobody, as A plays them.
                other.step(action.view(other.action_space.shape))
                assert torch.equal(other.matches.bodies, one.matches.bodies), f"{preset}: {view} against another view"
        both = matchday.make(preset, matches=4, view="player")
        still, asleep, wild = (matchday.make(preset, matches=4, opponent=opponent, view="player")
                               for opponent in ("still", lambda seen: torch.zeros(len(seen), 4), "random"))
        for envs in (both, still, asleep, wild):
            envs.reset()
        action = random_action(still, generator)
        seen, *_ = both.step(torch.cat([action, torch.zeros_like(action)]))
        assert torch.equal(still.step(action)[0], seen[:20]), f"{preset}: still is to do nothing"
        assert torch.equal(asleep.step(action)[0], seen[:20]) and not torch.equal(wild.step(action)[0], seen[:20])


def test_nonsense_is_refused():
    make = matchday.make
    refused("there is no rule 'player'; the rules are players, steps", lambda: make(player=3))
    refused("players is 12; it must be a whole number from 1 to 11", lambda: make(players=12))
    refused("players is 2.5; it must be a whole number", lambda: make(players=2.5))
    refused("steps is nan; it must be a finite number", lambda: make(steps=float("nan")))
    refused("steps is '9'; it must be a finite number", lambda: make(steps="9"))
    refused("kick_speed is 9.0; it must be at most ball_top_speed", lambda: make(kick_speed=9))
    refused("preset is 'tennis'; it must be one of arena", lambda: make("tennis"))
    refused("matches is 0; it must be a whole number from 1", lambda: make(matches=0))
    refused("seed is -1", lambda: make(seed=-1))
    refused("seed is [1, 2]", lambda: make().reset(seed=[1, 2]))
    refused("device is mps; it must be cpu or cuda", lambda: make(device="mps"))
    refused("device is 'gpu'; it must be cpu or cuda", lambda: make(device="gpu"))
    if not torch.cuda.is_available():
        refused("device is cuda, but torch sees no such GPU", lambda: make(device="cuda"))
    refused("view is 'bird'; it must be one of team, player", lambda: make(view="bird"))
    refused("autoreset is 'never'", lambda: make(autoreset="never"))
    refused("opponent is 'chaser'; it must be None, one of still, random, or a function",
            lambda: make(opponent="chaser"))

    envs = make(matches=2)
    refused("call reset before step", lambda: envs.step(torch.zeros(4, 20)), gymnasium.error.ResetNeeded)
    envs.reset()
    refused("action is of type ndarray; it must be a torch.float32 tensor [4, 20] on cpu",
            lambda: envs.step(numpy.zeros((4, 20), numpy.float32)))
    refused("action is torch.float32 [4, 5, 4] on cpu; it must be", lambda: envs.step(torch.zeros(4, 5, 4)))
    refused("action is torch.float64", lambda: envs.step(torch.zeros(4, 20, dtype=torch.float64)))
    refused("on meta; it must be", lambda: envs.step(torch.zeros(4, 20, device="meta")))
    against = make(matches=2, opponent=lambda seen: torch.zeros(2, 3))
    against.reset()
    refused("the opponent's action is torch.float32 [2, 3] on cpu; it must be a torch.float32 tensor [2, 20]",
            lambda: against.step(torch.zeros(2, 20)))
    refused("opponent is None", lambda: gymnasium.make("matchday/arena-v0", opponent=None))
    refused("render_mode is 'human'", lambda: matchday.parallel_env(render_mode="human"))
    match = matchday.parallel_env(players=1)
    refused("must be for nobody, as the match is over: call reset", lambda: match.step({}))
    match.reset()
    refused("actions are for a_0; they must be for a_0, b_0", lambda: match.step({"a_0": numpy.zeros(4)}))
    refused("the action of b_0 has the shape (3,)", lambda: match.step({"a_0": numpy.zeros(4), "b_0": numpy.zeros(3)}))


def test_pettingzoo_finds_no_fault():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for preset in matchday.PRESETS:
            pettingzoo.test.parallel_api_test(matchday.parallel_env(preset, players=2, steps=40), num_cycles=100)
            pettingzoo.test.parallel_seed_test(lambda: matchday.parallel_env(preset, players=2))


def test_a_match_of_agents_is_a_match_of_environments():
    match, envs = matchday.parallel_env("footyai-v2", steps=20), matchday.make("footyai-v2", view="player", steps=20)
    seen, _ = match.reset(seed=4)
    expected, _ = envs.reset(seed=4)
    generator = torch.Generator().manual_seed(4)
    while match.agents:
        action = random_action(envs, generator)
        agents = match.agents
        assert torch.equal(torch.as_tensor(numpy.stack([seen[agent] for agent in agents])), expected)
        seen, rewards, ends, _, infos = match.step(dict(zip(agents, action.numpy(), strict=True)))
        _, reward, terminated, _, info = envs.step(action)
        expected = info.get("final_obs", envs.matches.observe("player").flatten(0, 2))
        assert list(rewards.values()) == reward.tolist() and list(ends.values()) == terminated.tolist()
    assert [list(infos[agent]["score"]) for agent in agents] == info["score"].tolist()


def test_gymnasium_finds_no_fault():
    for preset in matchday.PRESETS:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            check_env(gymnasium.make(f"matchday/{preset}-v0", players=2).unwrapped)
        # Speeds have no bound that says anything, and it may be said that there is none.
        others = [str(each.message) for each in caught if "value is -infinity" not in str(each.message)
                  and "value is infinity" not in str(each.message)]
        assert not others, f"{preset}: {others}"
    env = gymnasium.make("matchday/arena-v0", steps=5)
    env.reset(seed=1)
    for _ in range(5):
        _, _, terminated, truncated, info = env.step(env.action_space.sample())
    assert terminated is True and truncated is False and len(info["score"]) == 2


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
            matches.turn(action[1])
        matches.step(action)
    return apart.tolist(), matches.score.sum(1).tolist()


def test_policies_play_as_the_program_has_them_play():
    # Where players stand after some steps of two networks' play: the program's figure has many digits.
    networks = ({"kind": "player", "body": "mlp", "head": "squashed", "sigma": "global"},
                {"kind": "player", "body": "residual", "head": "footyai", "sigma": "network"},
                {"kind": "team", "body": "residual", "head": "squashed", "sigma": "network"},
                {"kind": "team", "body": "mlp", "head": "footyai", "sigma": "global"})
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


def test_the_trained_team_is_what_its_file_says():
    policy = matchday.load_policy(TRAINED)
    with safe_open(TRAINED, "pt") as file:
        weights = {name.removeprefix("network."): file.get_tensor(name) for name in file.keys()}
    assert policy.state_dict().keys() == weights.keys(), "names are the file's"
    envs = matchday.make(policy.preset, matches=20, view=policy.view, **policy.rules)
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


def test_bad_files_are_refused():
    with safe_open(TRAINED, "pt") as file:
        metadata, weights = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/bad.safetensors"

        def complaint(text, metadata=metadata, **changes):
            kept = {**weights, **{f"network.{name.replace('__', '.')}": tensor for name, tensor in changes.items()}}
            save_file({name: tensor for name, tensor in kept.items() if tensor is not None}, path, metadata)
            refused(text, lambda: matchday.load_policy(path))

        refused("cannot be read as a safetensors file", lambda: matchday.load_policy(f"{folder}/none.safetensors"))
        whole = TRAINED.read_bytes()
        for part in (b"", b"no tensors at all", whole[:200], whole[:-7]):
            pathlib.Path(path).write_bytes(part)
            refused("cannot be read as a safetensors file", lambda: matchday.load_policy(path))
        complaint('this is no matchday checkpoint: its metadata has no "format_version"', metadata={"format": "pt"})
        complaint("its format version is 3 but this package reads up to 2", {**metadata, "format_version": "3"})
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


def test_without_a_library_one_sentence_says_what_to_do():
    for library, complaint in (("/nowhere/lib.so", "there is no /nowhere/lib.so: build matchday"),
                               (__file__, "can't be loaded with torch")):
        told = subprocess.run([sys.executable, "-c", "import matchday"], capture_output=True, text=True,
                              env={**os.environ, "MATCHDAY_LIBRARY": library, "PYTHONPATH": str(ROOT / "python")})
        assert told.returncode == 1 and f"ImportError: {library}"[:12] in told.stderr and complaint in told.stderr, told


def test_the_example_trains_and_its_file_plays():
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/ppo.safetensors"
        command = [sys.executable, ROOT / "python/examples/cleanrl_ppo.py", "--seconds", "1", "--matches", "2",
                   "--output", file]
        told = subprocess.run(command, capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": str(ROOT / "python"), "OMP_NUM_THREADS": "1"})
        assert told.returncode == 0 and "goals a match against still" in told.stdout, told.stderr
        policy = matchday.load_policy(file)
        assert policy.rules["players"] == 2 and policy.fc_mu.bias.abs().min() > 0, "it was trained: biases begin at 0"


def test_the_page_is_right():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python.md").read_text(), re.DOTALL)
    assert len(blocks) >= 5
    os.chdir(ROOT)
    names = {}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)


for name, test in list(globals().items()):
    if name.startswith("test_"):
        test()
print("the Python package does as it should")
