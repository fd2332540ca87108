"""Thousands of 2D football matches at once in torch tensors: environments, trained teams, and their operators."""

import gymnasium

from matchday.drawing import draw
from matchday.environment import TeamEnvironment, make
from matchday.operators import ops
from matchday.matches import BOTS, Matches
from matchday.parallel import MatchEnvironment, parallel_env
from matchday.policy import Policy, load_policy
from matchday.presets import PRESETS, rules

__version__ = ops.version()
__all__ = ["BOTS", "MatchEnvironment", "Matches", "PRESETS", "Policy", "TeamEnvironment", "draw", "load_policy", "make",
           "ops", "parallel_env", "rules"]

for preset in PRESETS:
    gymnasium.register(f"matchday/{preset}-v0", "matchday.single:SingleEnvironment", kwargs={"preset": preset})
del preset
