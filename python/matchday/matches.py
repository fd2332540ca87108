"""A batch of matches as tensors on one device. The operators step them in place."""

import secrets

import torch

from matchday.operators import ops
from matchday.presets import number_list, rules

ACTION_SIZE = 4  # move x, move y, kick x, kick y
BOTS = tuple(ops.bot_names())  # the scripted teams


class Matches:
    """B matches by one set of rules; N is the number of players in a team.

    bodies: float32 [4, 2N+1, B]: x, y (u), vx, vy (u/step) of A's players, B's players and the ball.
    score: int32 [2, B], clock: int32 [B] (steps), episode: int32 [B], potential: float32 [B], match: int64 [B].
    shaping: float32 [], scales the shaping part of the reward; fill_ it to fade it out.
    nonfinite_actions: int64 [], how many components of actions were not finite so far (they count as 0).
    seed: int, that of the present matches; given_seed: the constructor's argument, which may be None.
    """

    def __init__(self, preset="arena", matches=1, device="cpu", seed=None, **changes):
        self.rules = rules(preset, **changes)
        self.preset = preset
        self.count = whole_number("matches", matches, 1, 2**31 - 1)
        self.players = int(self.rules["players"])
        self.steps = int(self.rules["steps"])
        self.device = torch.empty(0, device=usable_device(device)).device  # "cuda" becomes "cuda:0"
        self.numbers = number_list(preset, self.rules)
        self.own_side = ops.sees_own_side(self.numbers)  # whether B's actions are in its own view, else from above

        # Every dtype is explicit: the operators require these, whatever torch's default is.
        integers = {"dtype": torch.int32, "device": self.device}
        floats = {"dtype": torch.float32, "device": self.device}
        # Rows are an odd number of cache lines apart: a step reads all of them at once, and with a stride that is a
        # power of two they would compete for the same cache sets.
        stride = (((self.count + 15) // 16) | 1) * 16
        self.bodies = torch.zeros(4, 2 * self.players + 1, stride, **floats)[:, :, :self.count]
        self.score = torch.zeros(2, self.count, **integers)
        self.clock = torch.zeros(self.count, **integers)
        self.episode = torch.zeros(self.count, **integers)
        self.potential = torch.zeros(self.count, **floats)
        self.match = torch.arange(self.count, device=self.device)
        self.shaping = torch.ones((), **floats)
        self.nonfinite_actions = torch.zeros((), dtype=torch.int64, device=self.device)
        self.given_seed = seed
        self.restart(seed)

    def restart(self, seed=None):
        """Starts the first match of this seed at every place; without a seed the system draws one."""
        # Not from torch's or numpy's generators, whose state forked processes share.
        self.seed = secrets.randbits(63) if seed is None else whole_number("seed", seed, 0, 2**63 - 1)
        self.episode.fill_(-1)
        self.start()

    def start(self, mask=None):
        """Starts the next match at every place, or where mask (bool [B]) is set."""
        ops.start_(*self._state(), mask)

    def step(self, action):
        """Plays one step: action float32 [2, B, N, 4] -> A's reward float32 [B], full time bool [B].

        B's reward is the negation of A's. B's moves and kicks are in its own view in arena, and as seen from above in
        FootyAI's games.
        """
        reward = torch.empty(self.count, dtype=torch.float32, device=self.device)
        full_time = torch.empty(self.count, dtype=torch.bool, device=self.device)
        ops.step_(*self._state(), action, self.shaping, reward, full_time, self.nonfinite_actions, None)
        return reward, full_time

    def observe(self, view):
        """The observations of both teams ("team": [2, B, 1, D]) or their players ("player": [2, B, N, P]): float32."""
        seen = (self.bodies, self.score, self.clock, self.numbers)
        return ops.observe_players(*seen) if view == "player" else ops.observe(*seen).unsqueeze(2)

    def noise(self, first_slot=1024):
        """Normal noise for all actions at the present step: float32 [2, B, N, 4], bit for bit as in `matchday`."""
        return ops.noise(self.match, self.episode, self.clock, self.seed, first_slot, self.players)

    def put_bot(self, bot, team, action):
        """Writes the actions of this scripted team at the present step, as A (team 0) or B (1), into action,
        float32 [2, B, N, 4]: bit for bit as in `matchday`."""
        bots = torch.full((2, self.count), -1, dtype=torch.int32, device=self.device)
        bots[team] = BOTS.index(bot)
        ops.bot_actions_(self.bodies, self.match, self.episode, self.clock, self.numbers, self.seed, bots, action)

    def rotate(self, action):
        """Rotates B's action in place, from its own view, in which players act, to the view that `step` takes."""
        return action if self.own_side else action.neg_()

    def _state(self):
        return (self.bodies, self.score, self.clock, self.episode, self.potential, self.match, self.numbers, self.seed)


def whole_number(name, number, lowest, highest):
    """The number as int. Raises a ValueError that says what it must be."""
    try:
        whole = not isinstance(number, bool) and int(number) == number and lowest <= number <= highest
    except (TypeError, ValueError, OverflowError):
        whole = False
    if not whole:
        raise ValueError(f"{name} is {number!r}; it must be a whole number from {lowest} to {highest}")
    return int(number)


def usable_device(device):
    """The torch.device. Raises ValueError if the operators can't work on it."""
    try:
        device = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"device is {device!r}; it must be cpu or cuda") from error
    key = {"cpu": "CPU", "cuda": "CUDA"}.get(device.type)
    if key is None:
        raise ValueError(f"device is {device}; it must be cpu or cuda")
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"device is {device}, but torch sees no such GPU here")
    if not torch._C._dispatch_has_kernel_for_dispatch_key("matchday::start_", key):
        raise ValueError(f"device is {device}, but the library of operators was built without CUDA")
    return device
