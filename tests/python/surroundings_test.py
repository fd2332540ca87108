"""Callers around the environments cannot disturb them."""

import contextlib
import copy
import itertools

import cloudpickle
import gymnasium
import numpy
import torch

from package import TRAINED, matchday


@contextlib.contextmanager
def default_dtype(dtype):
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@torch.no_grad()
def everything_played():
    """What all environments and a policy give in a few steps: list of tensors."""
    policy = matchday.load_policy(TRAINED, decisions="sampled")
    torch.manual_seed(3)
    fresh = matchday.Policy(network={"trunk": "residual", "sigma": "network"})
    given = []
    for opponent in (None, "chaser", policy):
        for autoreset in ("same_step", "next_step"):
            rules = policy.rules if opponent is policy else {"steps": 4}
            envs = matchday.make(matches=2, seed=1, opponent=opponent, view="player", autoreset=autoreset, **rules)
            seen, _ = envs.reset()
            for _ in range(6):
                action = fresh(seen)
                seen, reward, *_ = envs.step(action)
                given += [seen, reward, action, fresh.value(seen), fresh.log_prob(seen, action)]
    single = gymnasium.make("matchday/arena-v0", disable_env_checker=True, seed=1, opponent="role")
    match = matchday.parallel_env(seed=1)
    given += [torch.as_tensor(single.reset()[0]), torch.as_tensor(single.step(single.action_space.low)[0])]
    given += [torch.as_tensor(seen) for seen in match.reset()[0].values()]
    actions = {agent: match.action_space(agent).low for agent in match.agents}
    return given + [torch.as_tensor(seen) for seen in match.step(actions)[0].values()]


def test_torchs_default_dtype_changes_nothing():
    expected = everything_played()
    for dtype in (torch.float64, torch.float16):
        with default_dtype(dtype):
            given = everything_played()
        for tensor, other in zip(given, expected, strict=True):
            assert tensor.dtype == torch.float32, dtype
            # Weights at the start and noise are drawn as float32 too.
            assert torch.equal(tensor, other), dtype


def tensors_in(answer):
    """The tensors of what reset or step returns: list."""
    if isinstance(answer, dict):
        answer = answer.values()
    return [answer] if isinstance(answer, torch.Tensor) else [each for part in answer for each in tensors_in(part)]


def test_returned_tensors_are_the_callers():
    # What is played must be the same where the caller spoils all that it was given.
    opponents = (None, "chaser", lambda seen: seen[:, :4])
    choices = itertools.product(("team", "player"), opponents, ("same_step", "next_step"), (1, 3))
    for view, opponent, autoreset, count in choices:
        kept, spoilt = (matchday.make("arena", count, seed=2, opponent=opponent, view=view, autoreset=autoreset,
                                      players=1, steps=3) for _ in range(2))
        expected, given = tensors_in(kept.reset()), tensors_in(spoilt.reset())
        for step in range(8):
            what = f"{view}, {opponent}, {autoreset}, {count} matches, step {step}"
            for number, (tensor, other) in enumerate(zip(given, expected, strict=True)):
                assert torch.equal(tensor, other), what
                tensor.copy_(tensor.logical_not())  # another number, or the other truth
                untouched = zip(given[number + 1:], expected[number + 1:])
                assert all(torch.equal(*later) for later in untouched), f"{what}: two returned tensors share memory"
            action = torch.full(kept.action_space.shape, 0.5)
            expected, given = tensors_in(kept.step(action)), tensors_in(spoilt.step(action))


def test_copies_differ_unless_they_are_seeded():
    def start(environment, **reset):
        seen = environment.reset(**reset)[0]
        return numpy.asarray(seen["a_0"] if isinstance(seen, dict) else seen).copy()

    for make in (lambda **seed: matchday.make(opponent="still", **seed),
                 lambda **seed: gymnasium.make("matchday/arena-v0", **seed),
                 lambda **seed: matchday.parallel_env(**seed)):
        one = make()
        copies = [one, make(), copy.deepcopy(one), cloudpickle.loads(cloudpickle.dumps(one))]
        first = [start(each) for each in copies]
        for a, b in itertools.combinations(first, 2):
            assert not numpy.array_equal(a, b), "each copy draws a seed of its own"
        assert all(numpy.array_equal(start(each, seed=4), start(make(seed=4))) for each in copies)
        assert numpy.array_equal(start(make(seed=5)), start(make(), seed=5))
    four = gymnasium.make_vec("matchday/arena-v0", num_envs=4, vectorization_mode="sync").reset()[0]
    assert len(numpy.unique(four, axis=0)) == 4
