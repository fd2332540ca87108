"""What callers around the environments do cannot disturb them: python tests/python/surroundings_test.py PROGRAM LIBRARY"""

import contextlib

import gymnasium
import torch

from package import TRAINED, matchday, run_tests


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
    fresh = matchday.Policy(network={"body": "residual", "sigma": "network"})
    given = []
    for opponent in (None, "chaser", policy):
        for autoreset in ("same_step", "next_step"):
            envs = matchday.make(matches=2, seed=1, opponent=opponent, view="player", autoreset=autoreset, steps=4)
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


run_tests(globals())
