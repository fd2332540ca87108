"""The operators as Python meets them. As a program it prints the signature of a few matches."""

import hashlib
import math
import os
import pathlib
import subprocess
import sys

import pytest
import torch

SEED = 7
MATCHES = 37  # fills no whole number of SIMD lanes
PRESETS = ("arena", "footyai-v1", "footyai-v2")
NOISE_SLOT = 1024

BUILT = pathlib.Path(__file__).resolve().parents[2] / "build/lib/libmatchday_kernels.so"
torch.ops.load_library(os.environ.get("MATCHDAY_LIBRARY", BUILT))
ops = torch.ops.matchday


def rules_with(preset, **changes):
    rules = list(ops.rules(preset))
    for name, number in changes.items():
        rules[ops.rules_names().index(name)] = number
    return rules


def setting(rules, name):
    return int(rules[ops.rules_names().index(name)])


class Matches:
    """The tensors of a batch of matches."""

    def __init__(self, rules, matches=MATCHES, device="cpu"):
        n = setting(rules, "players")
        integers = {"dtype": torch.int32, "device": device}
        self.rules = rules
        self.bodies = torch.zeros(4, 2 * n + 1, matches, device=device)
        self.score = torch.zeros(2, matches, **integers)
        self.clock = torch.zeros(matches, **integers)
        self.episode = torch.full((matches,), -1, **integers)  # the first match that starts is number 0
        self.potential = torch.zeros(matches, device=device)
        self.match = torch.arange(matches, device=device)
        self.shaping = torch.ones((), device=device)
        self.reward = torch.zeros(matches, device=device)
        self.terminated = torch.zeros(matches, dtype=torch.bool, device=device)
        self.nonfinite_actions = torch.zeros((), dtype=torch.int64, device=device)
        self.action = torch.zeros(2, matches, n, 4, device=device)
        self.observation = torch.empty_like(self.observe())
        self.start()

    def state(self):
        return self.bodies, self.score, self.clock, self.episode, self.potential, self.match, self.rules, SEED

    def start(self, mask=None):
        ops.start_(*self.state(), mask)

    def step(self):
        ops.step_(*self.state(), self.action, self.shaping, self.reward, self.terminated, self.nonfinite_actions,
                  self.observation)

    def rollout_step(self, mean, squash=True, bots=None, of_players=True, **changes):
        players = mean.shape[2]
        drawn = [torch.zeros_like(mean), torch.zeros_like(mean), mean.new_zeros(2, MATCHES, players)]
        seen = torch.empty_like(self.observe_players() if of_players else self.observe())
        score = torch.zeros_like(self.score)
        arguments = {"log_std": torch.zeros_like(mean), "score_after": score, "observation": seen, **changes}
        ops.rollout_step_(*self.state(), mean, arguments["log_std"], NOISE_SLOT, squash, False, bots,
                  self.shaping, True, *drawn, self.reward, self.terminated, arguments["score_after"],
                  self.nonfinite_actions, arguments["observation"])
        return *drawn, score, seen

    def observe(self):
        return ops.observe(self.bodies, self.score, self.clock, self.rules)

    def observe_players(self):
        return ops.observe_players(self.bodies, self.score, self.clock, self.rules)

    def bot_actions(self, bots, action):
        ops.bot_actions_(self.bodies, self.match, self.episode, self.clock, self.rules, SEED, bots, action)

    def moment(self):
        return self.match, self.episode, self.clock, SEED, NOISE_SLOT


def signature():
    """A hash of a fixed run, whose actions are drawn by the operators themselves."""
    everything = hashlib.sha256()
    for preset in PRESETS:
        matches = Matches(rules_with(preset, players=3, steps=40))
        bots = torch.arange(2 * MATCHES, dtype=torch.int32).view(2, MATCHES) % 11 - 1  # 8 and 9 are nobody's either
        for _ in range(60):
            mean = 0.5 * matches.action
            drawn = ops.sample_actions(mean, torch.zeros_like(mean), *matches.moment(), preset == "arena")
            matches.action = drawn[1]
            matches.bot_actions(bots, matches.action)
            matches.step()
            matches.start(matches.terminated)
        returns = ops.discounted_returns(matches.reward[None], matches.terminated[None], matches.potential, 0.9)
        seen = matches.observe_players()
        for tensor in (*matches.state()[:5], matches.observation, seen, matches.reward, *drawn, returns):
            everything.update(bytes(tensor.flatten().view(torch.uint8).tolist()))
    return everything.hexdigest()


@pytest.mark.parametrize("preset", PRESETS)
def test_matches_are_played(preset):
    rules = rules_with(preset, players=2, steps=50)
    assert ops.rules_names()[0] == "game" and len(rules) == len(ops.rules_names()), "rules are named one by one"
    matches = Matches(rules)
    generator = torch.Generator().manual_seed(SEED)
    goals = starts = 0
    for step in range(300):
        matches.action = 4 * torch.rand(matches.action.shape, generator=generator) - 2
        matches.action[0, step % MATCHES, 1, 2] = math.nan
        before = matches.score.clone()
        matches.step()
        assert torch.equal(matches.observation, matches.observe()), f"{preset}: step_ and observe see alike"
        assert matches.observation.isfinite().all() and matches.bodies.isfinite().all(), f"{preset}: numbers are finite"
        assert torch.equal(matches.terminated, matches.clock >= 50), f"{preset}: a match ends at its last step"
        goals += int((matches.score - before).sum())
        starts += int(matches.terminated.sum())
        matches.start(matches.terminated)
        assert not matches.clock[matches.terminated].any(), f"{preset}: the next match starts at 0"
    assert goals > 0, f"{preset}: nobody scored"
    assert starts == 6 * MATCHES and (matches.episode == 6).all(), f"{preset}: every match was started six times more"
    assert matches.nonfinite_actions == 300, f"{preset}: bad numbers are counted"
    limits = torch.tensor([rules[ops.rules_names().index(name)] for name in ("half_length", "half_width")])
    assert (matches.bodies[:2, :4].abs().amax((1, 2)) <= limits).all(), f"{preset}: players stay on the pitch"


def test_players_see_from_where_they_stand():
    for preset in PRESETS:
        matches = Matches(rules_with(preset, players=3))
        matches.bodies.copy_(torch.randn(matches.bodies.shape, generator=torch.Generator().manual_seed(SEED)))
        matches.score[0], matches.clock[:] = 1, 3
        seen = matches.observe_players()
        assert seen.shape == (2, MATCHES, 3, 38) and seen.dtype == torch.float32, f"{preset}: float32 [2, B, N, P]"
        length, width = (matches.rules[ops.rules_names().index(name)] for name in ("half_length", "half_width"))
        bodies = matches.bodies.double()
        for team, sign in enumerate((1, -1)):
            x, y = sign * bodies[:2, 3 * team:3 * team + 3]
            ball_x, ball_y = sign * bodies[:2, 6:]
            mates = sorted((math.hypot(x[k, 5] - x[1, 5], y[k, 5] - y[1, 5]), k) for k in (0, 2))
            expected = [x[1, 5] / length, y[1, 5] / width, (ball_x[0, 5] - x[1, 5]) / 20, (ball_y[0, 5] - y[1, 5]) / 20,
                        (x[mates[0][1], 5] - x[1, 5]) / 20, (x[mates[1][1], 5] - x[1, 5]) / 20, sign / 3, 0, 1, 0]
            got = seen[team, 5, 1, [0, 1, 4, 5, 10, 14, 30, 32, 33, 34]].double()
            torch.testing.assert_close(got, torch.tensor(expected, dtype=torch.float64), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("preset", PRESETS)
def test_to_play_is_to_draw_to_step_and_to_start_again(preset):
    rules = rules_with(preset, players=3, steps=5)
    whole, parts = Matches(rules), Matches(rules)
    generator = torch.Generator().manual_seed(SEED)
    for step in range(12):
        mean = torch.randn(2, MATCHES, 3, 4, generator=generator)
        bots = torch.randint(-1, len(ops.bot_names()), (2, MATCHES), generator=generator, dtype=torch.int32)
        drawn = ops.sample_actions(mean, torch.zeros_like(mean), *parts.moment(), preset == "arena")
        parts.bot_actions(bots, drawn[1])
        parts.action = drawn[1]
        parts.step()
        score = parts.score.clone()
        parts.start(parts.terminated)
        of_players = step % 2 == 0
        seen = parts.observe_players() if of_players else parts.observe()
        got = whole.rollout_step(mean, preset == "arena", bots, of_players)
        for a, b in zip((*got, *whole.state()[:5], whole.reward, whole.terminated),
                        (*drawn, score, seen, *parts.state()[:5], parts.reward, parts.terminated), strict=True):
            assert torch.equal(a, b), f"{preset}: play_ does what the others do one after the other"
    assert (whole.episode == 2).all(), f"{preset}: two matches were over"


def test_returns_are_the_loop():
    generator = torch.Generator().manual_seed(SEED)
    reward = torch.randn(30, MATCHES, generator=generator)
    terminated = torch.rand(30, MATCHES, generator=generator) < 0.1
    after = torch.randn(MATCHES, generator=generator)
    expected, to_come = torch.empty_like(reward), after
    for t in reversed(range(30)):
        to_come = expected[t] = reward[t] + torch.where(terminated[t], 0.0, to_come) * 0.97
    assert torch.equal(ops.discounted_returns(reward, terminated, after, 0.97), expected), "returns are the loop's"
    transposed = ops.discounted_returns(reward.t().contiguous().t(), terminated, after, 0.97)
    assert torch.equal(transposed, expected), "returns of a transposed reward are the same"


def test_noise_is_normal_and_samples_are_its():
    matches = Matches(ops.rules("arena"), 4096)
    noise = ops.noise(*matches.moment(), 5)
    assert noise.shape == (2, 4096, 5, 4) and noise.dtype == torch.float32, "noise is float32 [2, B, N, 4]"
    z = noise.double()
    deviation = 6 / math.sqrt(z.numel())  # of a mean, six times over
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        error = abs(float((z**power).mean()) - moment)
        assert error < deviation * math.sqrt(variance), f"moment {power} of the noise is off by {error}"

    mean, log_std = 2 * noise.flip(0).contiguous(), (0.5 * noise.flip(1) - 1).contiguous()
    for squash in (False, True):
        pre_squash, action, log_prob = ops.sample_actions(mean, log_std, *matches.moment(), squash)
        u = mean.double() + log_std.double().exp() * z
        density = torch.distributions.Normal(mean.double(), log_std.double().exp()).log_prob(u)
        if squash:
            density -= 2 * (math.log(2) - u - torch.nn.functional.softplus(-2 * u))
        for name, got, expected in (("pre_squash", pre_squash, u), ("action", action, u.tanh() if squash else u),
                                    ("log_prob", log_prob, density.sum(-1))):
            torch.testing.assert_close(got.double(), expected, rtol=1e-5, atol=1e-5, msg=lambda text: f"{name}: {text}")


def test_shapes_without_data():
    for preset in PRESETS:
        rules = rules_with(preset, players=3)
        real, meta = Matches(rules), Matches(rules, device="meta")
        meta.step()
        assert [a.shape for a in meta.rollout_step(meta.action)] == [a.shape for a in real.rollout_step(real.action)], "rollout_step_ has shapes"
        meta.start(meta.terminated)
        means = [matches.action.clone() for matches in (real, meta)]
        reward = torch.zeros(9, MATCHES)
        for name, got, expected in (
            ("observe", [meta.observe()], [real.observe()]),
            ("observe_players", [meta.observe_players()], [real.observe_players()]),
            ("noise", [ops.noise(*meta.moment(), 3)], [ops.noise(*real.moment(), 3)]),
            ("sample_actions", ops.sample_actions(means[1], means[1], *meta.moment(), True),
             ops.sample_actions(means[0], means[0], *real.moment(), True)),
            ("discounted_returns",
             [ops.discounted_returns(reward.to("meta"), reward.bool().to("meta"), meta.potential, 0.9)],
             [ops.discounted_returns(reward, reward.bool(), real.potential, 0.9)]),
        ):
            for a, b in zip(got, expected, strict=True):
                same = a.is_meta and a.shape == b.shape and a.dtype == b.dtype and a.stride() == b.stride()
                assert same, f"{preset}: {name} on the meta device has the shape that it has elsewhere"


def test_torch_finds_no_fault():
    # Sizes that are symbols (torch.compile's dynamic shapes) the operators don't take.
    checks = ("test_schema", "test_autograd_registration", "test_faketensor", "test_aot_dispatch_static")
    matches = Matches(ops.rules("arena"))
    reward = torch.randn(9, MATCHES)
    for operator, arguments in (
        (ops.observe, (matches.bodies, matches.score, matches.clock, matches.rules)),
        (ops.observe_players, (matches.bodies, matches.score, matches.clock, matches.rules)),
        (ops.noise, (*matches.moment(), 5)),
        (ops.sample_actions, (matches.action, matches.action, *matches.moment(), True)),
        (ops.discounted_returns, (reward, reward > 0, matches.potential, 0.9)),
        (ops.bot_actions_, (matches.bodies, matches.match, matches.episode, matches.clock, matches.rules, SEED,
                            torch.full((2, MATCHES), 5, dtype=torch.int32), matches.action)),
    ):
        torch.library.opcheck(operator.default, arguments, test_utils=checks)


def test_nonsense_is_refused():
    def refused(complaint, act):
        try:
            act()
        except ValueError as error:
            assert complaint in str(error), f"{error} should say: {complaint}"
        else:
            raise AssertionError(f"nothing was raised that says: {complaint}")

    def spoilt(**changes):
        matches = Matches(ops.rules("arena"))
        vars(matches).update(changes)
        return matches

    zeros = torch.zeros
    numbers = ops.rules("arena")
    refused("there is no preset tennis", lambda: ops.rules("tennis"))
    refused("rules have 27 numbers but 26 were given", spoilt(rules=numbers[:-1]).observe)
    refused("players is 12; it must be a whole number from 1 to 11", spoilt(rules=rules_with("arena", players=12)).step)
    refused("players is 5.5; it must be a whole number from 1 to 11",
            spoilt(rules=rules_with("arena", players=5.5)).step)
    refused("steps is nan; it must be a whole number from 1 to",
            spoilt(rules=rules_with("arena", steps=math.nan)).start)
    refused("half_length is inf", spoilt(rules=rules_with("arena", half_length=math.inf)).start)
    refused("game is none of the presets' games", spoilt(rules=[1.5, *numbers[1:]]).step)
    refused("game is none of the presets' games", spoilt(rules=[9, *numbers[1:]]).step)
    refused("bodies is Float [4, 11, 36] on cpu but must be", spoilt(bodies=zeros(4, 11, 36)).step)
    refused("score is Long [2, 37]", spoilt(score=zeros(2, MATCHES, dtype=torch.int64)).observe)
    refused("clock is Float [37]", spoilt(clock=zeros(MATCHES)).observe_players)
    refused("rules have 27 numbers but 26 were given", spoilt(rules=numbers[:-1]).observe_players)
    refused("action is Double", spoilt(action=zeros(2, MATCHES, 5, 4, dtype=torch.float64)).step)
    refused("action is Float [2, 37, 5, 4] on cpu, not contiguous",
            spoilt(action=zeros(2, 5, MATCHES, 4).transpose(1, 2)).step)
    refused("observation is Float [2, 37, 9]", spoilt(observation=zeros(2, MATCHES, 9)).step)
    refused("reward is Float [37] on meta", spoilt(reward=zeros(MATCHES, device="meta")).step)
    refused("mask is Float [37]", lambda: spoilt().start(zeros(MATCHES)))
    refused("players is 0 but must be 1 to 11", lambda: ops.noise(*spoilt().moment(), 0))
    refused("first_slot is -1", lambda: ops.noise(*spoilt().moment()[:4], -1, 5))
    refused("mean must be float32 [2, B, N, 4] but has 1", lambda: ops.sample_actions(
        zeros(4), zeros(4), *spoilt().moment(), True))
    refused("log_std is Float [2, 37, 4, 4]", lambda: ops.sample_actions(
        zeros(2, MATCHES, 5, 4), zeros(2, MATCHES, 4, 4), *spoilt().moment(), True))
    refused("log_std is Float [2, 37, 4, 4]", lambda: spoilt().rollout_step(
        zeros(2, MATCHES, 5, 4), log_std=zeros(2, MATCHES, 4, 4)))
    nobody = torch.full((2, MATCHES), -1, dtype=torch.int32)
    refused("bots is Int [37]", lambda: spoilt().rollout_step(zeros(2, MATCHES, 5, 4), bots=nobody[0]))
    refused("bots is Float [2, 37]", lambda: spoilt().rollout_step(zeros(2, MATCHES, 5, 4), bots=zeros(2, MATCHES)))
    refused("action is Float [2, 37, 4, 4]", lambda: spoilt().bot_actions(nobody, zeros(2, MATCHES, 4, 4)))
    refused("action must begin at an address", lambda: spoilt().bot_actions(
        nobody, zeros(2 * MATCHES * 5 * 4 + 1)[1:].view(2, MATCHES, 5, 4)))
    refused("episode is Float [37]", lambda: spoilt(episode=zeros(MATCHES)).bot_actions(
        nobody, zeros(2, MATCHES, 5, 4)))
    refused("score_after is Float", lambda: spoilt().rollout_step(zeros(2, MATCHES, 5, 4), score_after=zeros(2, MATCHES)))
    refused("observation is Float [2, 37, 9]", lambda: spoilt().rollout_step(
        zeros(2, MATCHES, 5, 4), observation=zeros(2, MATCHES, 9)))
    refused("reward must be float32 [T, B]", lambda: ops.discounted_returns(
        zeros(3), zeros(3, dtype=torch.bool), zeros(3), 0.9))
    refused("after must be float32 [B]", lambda: ops.discounted_returns(
        zeros(3, 2), zeros(3, 2, dtype=torch.bool), zeros(3), 0.9))


def test_bits_are_the_same_again():
    first = signature()
    assert signature() == first, "two runs in one process have different bits"
    for instruction_set in ("", "baseline"):
        again = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True,
                               env={**os.environ, "MATCHDAY_INSTRUCTION_SET": instruction_set, "OMP_NUM_THREADS": "2"})
        assert again.stdout.split()[-1] == first, f"instruction set {instruction_set or 'by default'}: other bits"


if __name__ == "__main__":
    print(signature())
