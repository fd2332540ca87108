"""The environments of the Python package."""

import warnings

import gymnasium
import numpy
import pettingzoo.test
import torch
from gymnasium.utils.env_checker import check_env

from package import matchday, refused


def random_action(envs, generator):
    return 2 * torch.rand(envs.action_space.shape, generator=generator) - 1


def test_spaces_are_those_of_the_tensors():
    for preset in matchday.PRESETS:
        for view, rows in (("team", 1), ("player", 3)):
            for opponent, teams in ((None, 2), ("still", 1)):
                envs = matchday.make(preset, matches=4, seed=3, view=view, opponent=opponent, players=3)
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
    envs = matchday.make(matches=3, seed=3, view="player")
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
        rules = {"players": 2, "steps": 12}
        policies = {agent: matchday.Policy(preset, network={"agent": agent}, **rules) for agent in ("player", "team")}
        for view in policies:
            both = matchday.make(preset, matches=4, seed=3, view=view, **rules)
            one = matchday.make(preset, matches=4, seed=3, view=view, opponent=policies[view], **rules)
            other_view = "team" if view == "player" else "player"
            other = matchday.make(preset, matches=4, seed=3, view=other_view, opponent=policies[view], **rules)
            seen = both.reset()[0]
            assert torch.equal(one.reset()[0], seen[:one.num_envs])
            other.reset()
            for _ in range(30):
                action = random_action(one, generator)
                with torch.no_grad():
                    seen, reward, *_ = both.step(torch.cat([action, policies[view](seen[one.num_envs:])]))
                got, got_reward, *_ = one.step(action)
                assert torch.equal(got, seen[:one.num_envs]) and torch.equal(got_reward, reward[:one.num_envs])
                # The learner's view does not matter: players' actions side by side are their team's, but rotated for
                # nobody, as A plays them.
                other.step(action.view(other.action_space.shape))
                assert torch.equal(other.matches.bodies, one.matches.bodies), f"{preset}: {view} against another view"
        both = matchday.make(preset, matches=4, seed=3, view="player")
        still, asleep, wild = (matchday.make(preset, matches=4, seed=3, opponent=opponent, view="player")
                               for opponent in ("still", lambda seen: torch.zeros(len(seen), 4), "random"))
        for envs in (both, still, asleep, wild):
            envs.reset()
        action = random_action(still, generator)
        seen, *_ = both.step(torch.cat([action, torch.zeros_like(action)]))
        assert torch.equal(still.step(action)[0], seen[:20]), f"{preset}: still is to do nothing"
        assert torch.equal(asleep.step(action)[0], seen[:20]) and not torch.equal(wild.step(action)[0], seen[:20])


def test_every_bot_is_an_opponent():
    for preset in matchday.PRESETS:
        for players in (1, 5):
            for bot in matchday.BOTS:
                envs = matchday.make(preset, matches=40, seed=2, players=players, opponent=bot)
                envs.reset()
                for _ in range(100):
                    envs.step(torch.zeros(envs.action_space.shape))
                a, b = envs.matches.score.sum(1).tolist()
                assert bot in ("still", "random") or b > 20 * a, f"{preset}: {bot} scores against those who stand"
    drawn = torch.zeros(2, 3, 5, 4)
    matches = matchday.make(matches=3, seed=9).matches
    matches.put_bot("random", 1, drawn)
    assert torch.equal(drawn[1], matches.noise(first_slot=2048)[1].clamp(-1, 1)) and not drawn[0].any()


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
    refused("opponent is 'goalie'; it must be None, one of still, random, chaser, presser, keeper, role",
            lambda: make(opponent="goalie"))

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
    for name, value in (("matches", 2), ("view", "player"), ("autoreset", "same_step"), ("stagger", True)):
        refused(f"{name} is for matchday.make", lambda: gymnasium.make("matchday/arena-v0", **{name: value}))
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
