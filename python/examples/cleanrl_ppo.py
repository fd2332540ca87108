"""PPO by self-play on one page, in CleanRL's style: python python/examples/cleanrl_ppo.py [--seconds 60]

Every player is an environment, and all share one network. After a minute of one core a team of two beats one that plays
at random by 3.7 goals a match (untrained: 0.0). The program reads the checkpoint: matchday eval ppo.safetensors
"""

import argparse
import time

import torch

import matchday


def arguments():
    parser = argparse.ArgumentParser(description="PPO by self-play")
    parser.add_argument("--seconds", type=float, default=60.0, help="of processor time to train")
    parser.add_argument("--players", type=int, default=2, help="in a team")
    parser.add_argument("--matches", type=int, default=64, help="played at once")
    parser.add_argument("--steps", type=int, default=45, help="length of a rollout")
    parser.add_argument("--epochs", type=int, default=3, help="how often a rollout is learned from")
    parser.add_argument("--minibatch", type=int, default=1440, help="rows")
    parser.add_argument("--learning-rate", type=float, default=3e-3, help="of Adam, at the start")
    parser.add_argument("--gamma", type=float, default=0.97, help="discount a step")
    parser.add_argument("--lambda", dest="lambda_", type=float, default=0.95, help="of generalised advantages")
    parser.add_argument("--clip", type=float, default=0.2, help="of the probability ratio")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--output", default="ppo.safetensors", help="checkpoint to write")
    return parser.parse_args()


@torch.no_grad()
def goal_difference(policy, opponent, device, matches=128):
    """Mean goal difference a match over `matches` matches, playing the mean actions."""
    envs = matchday.make(matches=matches, device=device, seed=1000, opponent=opponent, view="player", **policy.rules)
    observation, _ = envs.reset()
    info = {}
    while not info:
        observation, _, _, _, info = envs.step(policy(observation))
    own, theirs = info["score"].float().mean(0).tolist()
    return own - theirs


@torch.no_grad()
def rollout(envs, policy, observation, options):
    """Plays `steps` steps -> [observations, samples, log-probabilities, advantages, returns], next observation."""
    shape = (options.steps, envs.num_envs)
    observations = observation.new_empty(*shape, observation.shape[-1])
    samples = observation.new_empty(*shape, 4)
    log_probs, values, rewards, ends = (observation.new_empty(shape) for _ in range(4))
    for t in range(options.steps):
        observations[t] = observation
        mean, log_std = policy.distribution(observation)
        samples[t] = mean + log_std.exp() * torch.randn_like(mean)
        log_probs[t] = policy.log_prob(observation, samples[t])[:, 0]
        values[t] = policy.value(observation)
        observation, rewards[t], ends[t], _, _ = envs.step(policy.action(samples[t]))

    advantages = observation.new_empty(shape)
    next_value, advantage = policy.value(observation), observation.new_zeros(envs.num_envs)
    for t in reversed(range(options.steps)):
        going_on = 1.0 - ends[t]  # no more reward after full time
        surprise = rewards[t] + options.gamma * going_on * next_value - values[t]
        advantage = advantages[t] = surprise + options.gamma * options.lambda_ * going_on * advantage
        next_value = values[t]
    batch = (observations, samples, log_probs, advantages, advantages + values)
    return [part.flatten(0, 1) for part in batch], observation


def loss_of(policy, batch, clip):
    """PPO's clipped loss and the critic's squared error, in variances of the returns."""
    observations, samples, log_probs, advantages, returns = batch
    ratio = (policy.log_prob(observations, samples)[:, 0] - log_probs).exp()
    # Without Bessel's correction: it is undefined for one row, to which the last minibatch may shrink.
    advantages = (advantages - advantages.mean()) / (advantages.std(correction=0) + 1e-8)
    gain = torch.minimum(ratio * advantages, ratio.clamp(1.0 - clip, 1.0 + clip) * advantages)
    error = (policy.value(observations) - returns).square().mean() / (returns.var(correction=0) + 1e-8)
    return 0.5 * error - gain.mean()


def train(options):
    torch.manual_seed(options.seed)
    policy = matchday.Policy(players=options.players).to(options.device)
    optimizer = torch.optim.Adam(policy.parameters(), eps=1e-5)
    # Staggered, so that every rollout holds all phases of a match.
    envs = matchday.make(matches=options.matches, device=options.device, seed=options.seed, view="player", stagger=True,
                         **policy.rules)
    print(f"untrained: {goal_difference(policy, 'random', options.device):+.2f} goals a match against random")

    observation, _ = envs.reset()
    begin, match_steps, told = time.process_time(), 0, 0
    while (share := (time.process_time() - begin) / options.seconds) < 1.0:
        optimizer.param_groups[0]["lr"] = options.learning_rate * (1.0 - 0.9 * share)
        envs.matches.shaping.fill_(max(0.0, 1.0 - 0.5 * share))  # shaping rewards fade, goals stay
        batch, observation = rollout(envs, policy, observation, options)
        match_steps += options.steps * options.matches
        for _ in range(options.epochs):
            for rows in torch.randperm(len(batch[0]), device=options.device).split(options.minibatch):
                optimizer.zero_grad()
                loss_of(policy, [part[rows] for part in batch], options.clip).backward()
                torch.nn.utils.clip_grad_norm_(policy.parameters(), 0.5)
                optimizer.step()
        if int(share * 6) > told:
            told = int(share * 6)
            print(f"{time.process_time() - begin:4.0f} s, {match_steps:,} match-steps: "
                  f"{goal_difference(policy, 'random', options.device):+.2f}", flush=True)

    for opponent in ("random", "still"):
        print(f"trained: {goal_difference(policy, opponent, options.device):+.2f} goals a match against {opponent}")
    policy.save(options.output)
    print(f"{options.output}: matchday eval {options.output}")


if __name__ == "__main__":
    train(arguments())
