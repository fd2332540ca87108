"""The environments under other packages' hands."""

import tempfile
import warnings

import gymnasium
import numpy
import pytest
import torch

from package import matchday

ENVIRONMENT = "matchday/arena-v0"


def test_gymnasium_records_episodes_of_converted_arrays():
    pytest.importorskip("array_api_compat")
    from gymnasium.wrappers.vector import ArrayConversion, NormalizeReward, RecordEpisodeStatistics

    length = 12
    envs = matchday.make(matches=6, seed=1, opponent="chaser", players=2, steps=length)
    envs = NormalizeReward(RecordEpisodeStatistics(ArrayConversion(envs, torch, numpy)))
    seen, _ = envs.reset(seed=2)
    assert isinstance(seen, numpy.ndarray)
    for step in range(1, 2 * length + 1):
        seen, reward, terminated, truncated, info = envs.step(numpy.zeros(envs.action_space.shape, numpy.float32))
        assert isinstance(reward, numpy.ndarray) and numpy.isfinite(reward).all()
        assert terminated.all() == (step % length == 0)
        if terminated.all():
            assert (info["episode"]["l"] == length).all() and info["episode"]["r"].shape == (6,)
    assert len(envs.env.return_queue) == 12 and set(envs.env.length_queue) == {length}


def test_stable_baselines_trains_and_records():
    pytest.importorskip("stable_baselines3")
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_checker import check_env as check
    from stable_baselines3.common.env_util import make_vec_env

    rules = {"players": 1, "steps": 20, "opponent": "random"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that speeds have no bounds
        check(gymnasium.make(ENVIRONMENT, **rules).unwrapped)
    envs = make_vec_env(ENVIRONMENT, n_envs=3, seed=1, env_kwargs=rules)
    first, again = envs.reset(), make_vec_env(ENVIRONMENT, n_envs=3, seed=1, env_kwargs=rules).reset()
    assert numpy.array_equal(first, again) and len(numpy.unique(first, axis=0)) == 3
    assert envs.render_mode == "rgb_array" and len(envs.get_images()) == 3
    assert envs.render().dtype == numpy.uint8, "all copies side by side"
    unseeded = make_vec_env(ENVIRONMENT, n_envs=3, env_kwargs=rules).reset()
    assert len(numpy.unique(unseeded, axis=0)) == 3

    model = PPO("MlpPolicy", envs, n_steps=40, batch_size=60, n_epochs=1, device="cpu", seed=1)
    model.learn(120)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/ppo")
        action, _ = PPO.load(f"{folder}/ppo", device="cpu").predict(first, deterministic=True)
    assert numpy.array_equal(action, model.predict(first, deterministic=True)[0])
    assert {episode["l"] for episode in model.ep_info_buffer} == {20}


def test_processes_of_their_own_are_spawned():
    # The parent has used torch's threads, after which a forked child might hang.
    matchday.make(matches=1000).reset()
    envs = gymnasium.make_vec(f"matchday:{ENVIRONMENT}", num_envs=2, vectorization_mode="async",
                              vector_kwargs={"context": "spawn"})
    seen, _ = envs.reset()
    assert len(numpy.unique(seen, axis=0)) == 2, "unseeded copies play different matches"
    assert numpy.array_equal(envs.reset(seed=4)[0][1], gymnasium.make(ENVIRONMENT).reset(seed=5)[0])
    envs.close()


def test_supersuit_plays_a_team_as_a_vector():
    pytest.importorskip("supersuit")
    import supersuit

    def vector(**seed):
        match = matchday.parallel_env(players=2, steps=10, render_mode="rgb_array", **seed)
        envs = supersuit.pettingzoo_env_to_vec_env_v1(supersuit.clip_actions_v0(match))
        return supersuit.concat_vec_envs_v1(envs, 2, num_cpus=1, base_class="gymnasium")

    envs = vector()
    seen, _ = envs.reset()
    assert seen.shape[0] == 8 and not numpy.array_equal(seen[:4], seen[4:]), "unseeded copies play different matches"
    for step in range(25):
        seen, reward, terminated, truncated, _ = envs.step(numpy.zeros((8, 4), numpy.float32))
        assert numpy.isfinite(seen).all() and bool(terminated.all()) == (step % 10 == 9)
    first, again = envs.reset(seed=3)[0], vector().reset(seed=3)[0]
    assert numpy.array_equal(first, again)
