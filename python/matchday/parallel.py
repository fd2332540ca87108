"""One match as a ParallelEnv of PettingZoo, an agent for each player."""

import numpy
import pettingzoo
import torch

from matchday.drawing import RENDER_MODES, STEPS_PER_SECOND, checked_render_mode, rendered
from matchday.environment import spaces
from matchday.matches import ACTION_SIZE, Matches


def parallel_env(preset="arena", seed=None, render_mode=None, **rules):
    """One match with agents a_0, a_1, ... and b_0, b_1, ...; `rules` are changes of the preset's numbers.

    Without a seed the system draws one at the first reset, so that copies play different matches.
    """
    return MatchEnvironment(preset, seed, render_mode, **rules)


class MatchEnvironment(pettingzoo.ParallelEnv):
    """Agents see float32 [P] and act with float32 [4] within +-1, both in their own view; rewards are the team's."""

    metadata = {"name": "matchday_v0", "render_modes": list(RENDER_MODES), "render_fps": STEPS_PER_SECOND}

    def __init__(self, preset="arena", seed=None, render_mode=None, **rules):
        self.render_mode = checked_render_mode(render_mode)
        self.matches = Matches(preset, seed=seed, **rules)
        self.possible_agents = [f"{team}_{player}" for team in "ab" for player in range(self.matches.players)]
        self.agents = []
        size = self.matches.observe("player").shape[-1]
        # Each agent has its own spaces, since spaces are seeded one by one.
        each = {agent: spaces(size, 1) for agent in self.possible_agents}
        self.observation_spaces = {agent: both[0] for agent, both in each.items()}
        self.action_spaces = {agent: both[1] for agent, both in each.items()}
        self._started = False

    def observation_space(self, agent):
        """The agent's observations: Box float32 [P]."""
        return self.observation_spaces[agent]

    def action_space(self, agent):
        """The agent's actions: Box float32 [4], move x, y and kick x, y."""
        return self.action_spaces[agent]

    def reset(self, seed=None, options=None):
        """Starts the first match of `seed`, or the next one without it -> observations, infos by agent."""
        if seed is not None:
            self.matches.restart(seed)
        elif self._started:
            self.matches.start()
        else:
            self.matches.restart(self.matches.given_seed)
        self._started = True
        self.agents = list(self.possible_agents)
        return self._observations(), {agent: {} for agent in self.agents}

    def step(self, actions):
        """Plays one step: an action for every agent -> observations, rewards, terminated, truncated, infos by agent.

        At full time all agents are terminated, and infos have "score", own goals first.
        """
        if set(actions) != set(self.agents) or not self.agents:
            raise ValueError(f"actions are for {', '.join(actions) or 'nobody'}; they must be for "
                             f"{', '.join(self.agents) or 'nobody, as the match is over: call reset'}")
        n, rows = self.matches.players, []
        for agent in self.agents:
            row = numpy.asarray(actions[agent], numpy.float32)
            if row.shape != (ACTION_SIZE,):
                raise ValueError(f"the action of {agent} has the shape {row.shape}; it must be ({ACTION_SIZE},)")
            rows.append(row)
        action = torch.from_numpy(numpy.stack(rows)).view(2, 1, n, ACTION_SIZE)
        self.matches.rotate(action[1])
        reward, full_time = self.matches.step(action)

        over = full_time.item()
        a, b = self.matches.score[:, 0].tolist()
        told = [{"score": score} if over else {} for score in ((a, b), (b, a))]
        agents = self.agents
        rewards = {agent: reward.item() * (1 if k < n else -1) for k, agent in enumerate(agents)}
        infos = {agent: dict(told[k // n]) for k, agent in enumerate(agents)}
        observations = self._observations()
        self.agents = [] if over else agents
        return observations, rewards, dict.fromkeys(agents, over), dict.fromkeys(agents, False), infos

    def render(self):
        """A picture of the match: uint8 [height, 640, 3], red first; None without render_mode="rgb_array"."""
        return rendered(self, self.matches)

    def _observations(self):
        return dict(zip(self.agents, self.matches.observe("player").flatten(0, 2).numpy(), strict=True))
