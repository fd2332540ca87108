"""Matches as a vector environment of Gymnasium, in torch tensors on the matches' device."""

import gymnasium
import numpy
import torch
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from matchday.matches import ACTION_SIZE, BOTS, Matches

VIEWS = ("team", "player")
AUTORESETS = {"same_step": AutoresetMode.SAME_STEP, "next_step": AutoresetMode.NEXT_STEP}


def make(preset="arena", matches=1, device="cpu", seed=None, opponent=None, view="team", *, autoreset="same_step",
         stagger=False, **rules):
    """Football as a vector environment; `rules` are changes of the preset's numbers, such as players=3 or steps=90.

    view: "team": an environment is a team, its action that of all its players. "player": an environment is a player
      with its own view of the pitch; all players of a team get its reward.
    opponent: None: self-play, both teams are environments. Else only team A is, and B is a bot, one of `matchday.BOTS`,
      or a function from all of B's observations to its actions: a policy of `load_policy`, under the rules that
      it was trained by, or any other function.
    autoreset: "same_step" or "next_step", as in Gymnasium. stagger: places begin at different moments of their first
      match, so that a batch holds all of a match's phases.
    seed: a whole number that determines all random numbers of starts and kick-offs. None: the system draws one at the
      first reset, so that copies of an environment play different matches.
    """
    return TeamEnvironment(Matches(preset, matches, device, seed, **rules), opponent, view, autoreset, stagger)


class TeamEnvironment(gymnasium.vector.VectorEnv):
    """B matches as environments, one for each team or player that the caller controls.

    Environments are in the order of a tensor [teams, B, rows], A's first: teams is 2 in self-play and 1 against an
    opponent, rows is the number of players in a team, or 1 where the view is the team's. All tensors are on the
    matches' device; observation float32 [num_envs, D], action float32 [num_envs, K], reward float32, terminated and
    truncated bool [num_envs]. Every step returns new tensors, which the environment does not read again: they may be
    changed in place. `matches` and `opponent` may be changed too.
    """

    def __init__(self, matches, opponent=None, view="team", autoreset="same_step", stagger=False):
        if view not in VIEWS:
            raise ValueError(f"view is {view!r}; it must be one of {', '.join(VIEWS)}")
        if autoreset not in AUTORESETS:
            raise ValueError(f"autoreset is {autoreset!r}; it must be one of {', '.join(AUTORESETS)}")
        self.teams = 2 if opponent is None else 1
        self.matches, self.opponent, self.view, self.stagger = matches, opponent, view, stagger
        self.metadata = {"autoreset_mode": AUTORESETS[autoreset]}
        self.same_step = autoreset == "same_step"
        _, _, self.rows, observation_size = matches.observe(view).shape
        self.num_envs = self.teams * matches.count * self.rows
        players = matches.players // self.rows
        self.single_observation_space, self.single_action_space = spaces(observation_size, players)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._seen = None

    @property
    def opponent(self):
        """Who plays B: None in self-play, a bot's name or a function. Can be replaced, but not by None or from None."""
        return self._opponent

    @opponent.setter
    def opponent(self, opponent):
        if not (opponent is None or opponent in BOTS or callable(opponent)):
            raise ValueError(f"opponent is {opponent!r}; it must be None, one of {', '.join(BOTS)}, or a function")
        if self.teams != (2 if opponent is None else 1):
            raise ValueError(f"opponent is {opponent!r}; self-play can't become play against an opponent, nor the "
                             "other way round: make another environment")
        # Not isinstance: torch.compile wraps a policy in another class, which forwards its attributes.
        if hasattr(opponent, "require_rules"):
            opponent.require_rules(self.matches)
        self._opponent = opponent

    def reset(self, *, seed=None, options=None):
        """Starts all matches: the first ones of `seed`, or the next ones without it -> observation, {}.

        The first reset takes the seed that the environment was made with, or a new one. `options` are not used.
        """
        if seed is not None:
            self.matches.restart(seed)
            super().reset(seed=seed)
        elif self._seen is None:
            self.matches.restart(self.matches.given_seed)
        else:
            self.matches.start()

        # The host computes when matches end; reading it from the device would wait for the device.
        steps, count = self.matches.steps, self.matches.count
        clocks = {match * steps // count for match in range(count)} if self.stagger else {0}
        if self.stagger:
            self.matches.clock.copy_(self.matches.match * steps // count)
        self._period = steps if self.same_step else steps + 1
        self._ends = {(steps - clock) % self._period for clock in clocks}
        self._played = 0
        self._over = None  # bool [B]: which matches the next step starts anew
        self._seen = self.matches.observe(self.view)
        return self._own(self._seen), {}

    def step(self, actions):
        """Plays one step: actions float32 [num_envs, K] -> observation, reward, terminated, truncated, info.

        terminated is full time, after which no rewards follow; truncated is never set. In a step where matches end,
        info has "score", int32 [num_envs, 2], own goals and the other team's, and the mask "_score"; with autoreset
        "same_step" also "final_obs", the observation at full time, and "_final_obs".
        """
        if self._seen is None:
            raise gymnasium.error.ResetNeeded("call reset before step")
        matches = self.matches
        reward, ended = matches.step(self._actions(actions))
        if self._over is not None:
            matches.start(self._over)
            reward.masked_fill_(self._over, 0.0)
            ended.masked_fill_(self._over, False)
            self._over = None

        terminated = self._own(ended.expand(2, -1))
        info = {}
        self._played += 1
        self._seen = matches.observe(self.view)
        if self._played % self._period in self._ends:
            score = torch.stack([matches.score, matches.score.flip(0)], -1)
            info = {"score": self._own(score), "_score": terminated.clone()}
            if self.same_step:
                info |= {"final_obs": self._own(self._seen), "_final_obs": terminated.clone()}
                matches.start(ended)
                self._seen = matches.observe(self.view)
            else:
                self._over = ended.clone()  # a copy, since the caller may change what was returned
        reward = self._own(torch.stack([reward, -reward]))
        return self._own(self._seen), reward, terminated, torch.zeros_like(terminated), info

    def _own(self, of_both):
        """A tensor [2, B, ...] by team or [2, B, rows, D] by row, for each environment: [num_envs, ...]."""
        own = of_both[:self.teams]
        if own.dim() < 4:
            own = own.unsqueeze(2).expand(-1, -1, self.rows, *own.shape[2:])
        # Expanded rows share memory; contiguous() gives each its own.
        return own.reshape(self.num_envs, *own.shape[3:]).contiguous()

    def _actions(self, actions):
        """The actions of all players, float32 [2, B, N, 4], as `Matches.step` takes them."""
        matches = self.matches
        shape = (2, matches.count, matches.players, ACTION_SIZE)
        both = torch.zeros(shape, dtype=torch.float32, device=matches.device)
        own = both[:self.teams]
        own.copy_(checked("action", actions, self.action_space.shape, matches.device).view(own.shape))
        view_of_b = self.view
        if callable(self.opponent):
            view_of_b = getattr(self.opponent, "view", self.view)
            both[1] = self._opponents_action(view_of_b)
        elif self.opponent in BOTS:
            matches.put_bot(self.opponent, 1, both)
        if view_of_b == "player" and self.opponent not in BOTS:
            matches.rotate(both[1])
        return both

    def _opponents_action(self, view):
        matches = self.matches
        seen = (self._seen if view == self.view else matches.observe(view))[1].flatten(0, 1)
        with torch.no_grad():
            action = self.opponent(seen)
        shape = (len(seen), ACTION_SIZE * matches.count * matches.players // len(seen))
        return checked("the opponent's action", action, shape, matches.device).view(-1, matches.players, ACTION_SIZE)


def spaces(observation_size, players):
    """The spaces of one environment: observation float32 [D], action float32 [4 * players] within +-1.

    A player's four numbers are move x, y and kick x, y, in the view that the player observes from. Arena shortens
    vectors to 1.
    """
    # Speeds, and scores in FootyAI's games, have no meaningful bound.
    return (gymnasium.spaces.Box(-numpy.inf, numpy.inf, (observation_size,), numpy.float32),
            gymnasium.spaces.Box(-1.0, 1.0, (ACTION_SIZE * players,), numpy.float32))


def checked(name, action, shape, device):
    """The action. Raises ValueError if it is no float32 tensor of that shape on that device."""
    wanted = f"it must be a torch.float32 tensor {list(shape)} on {device}"
    if not isinstance(action, torch.Tensor):
        raise ValueError(f"{name} is of type {type(action).__name__}; {wanted}")
    if action.dtype != torch.float32 or action.shape != torch.Size(shape) or action.device != device:
        raise ValueError(f"{name} is {action.dtype} {list(action.shape)} on {action.device}; {wanted}")
    return action.detach()
