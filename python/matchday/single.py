"""One match as a gymnasium.Env: gymnasium.make("matchday/arena-v0")."""

import gymnasium
import torch

from matchday.drawing import RENDER_MODES, STEPS_PER_SECOND, checked_render_mode, rendered
from matchday.environment import make


class SingleEnvironment(gymnasium.Env):
    """Team A of one match: observation float32 [D] and action float32 [4N] in numpy.

    Takes the arguments of `matchday.make` except `matches`, `view`, `autoreset` and `stagger`. B is "still" unless an
    opponent is given. For more than one match use `matchday.make`, which is thousands of times as fast.
    """

    metadata = {"render_modes": list(RENDER_MODES), "render_fps": STEPS_PER_SECOND}

    def __init__(self, preset="arena", device="cpu", seed=None, opponent="still", render_mode=None, **rules):
        if opponent is None:
            raise ValueError("opponent is None; one environment plays one team, so B must be a bot or a function")
        for name in ("matches", "view", "autoreset", "stagger"):
            if name in rules:
                raise ValueError(f"{name} is for matchday.make; one environment is team A of one match, seen as a team")
        self.render_mode = checked_render_mode(render_mode)
        # "next_step", so that the last observation is that of full time, not of the next match.
        self.team = make(preset, 1, device, seed, opponent, autoreset="next_step", **rules)
        self.observation_space = self.team.single_observation_space
        self.action_space = self.team.single_action_space

    def reset(self, *, seed=None, options=None):
        """Starts a match -> observation, {}."""
        super().reset(seed=seed)
        observation, _ = self.team.reset(seed=seed, options=options)
        return observation[0].cpu().numpy(), {}

    def step(self, action):
        """Plays one step -> observation, reward, terminated, False, info; at full time info has "score", own first."""
        tensor = torch.as_tensor(action, dtype=torch.float32, device=self.team.matches.device)
        observation, reward, terminated, _, info = self.team.step(tensor[None])
        final = {"score": tuple(info["score"][0].tolist())} if info else {}
        return observation[0].cpu().numpy(), reward.item(), terminated.item(), False, final

    def render(self):
        """A picture of the match: uint8 [height, 640, 3], red first; None without render_mode="rgb_array"."""
        return rendered(self, self.team.matches)
