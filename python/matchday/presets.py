"""The presets, and the numbers of their rules."""

import math
from numbers import Real

import torch

from matchday.operators import ops

PRESETS = tuple(ops.games())
NAMES = tuple(ops.rules_names())[1:]  # the first is the game, which the preset decides
WHOLE = ("players", "steps", "substeps")


def rules(preset="arena", **changes):
    """All numbers of a preset by name, some of them changed: dict of float (u, steps, u/step; see `matchday info`).

    Raises ValueError if they are no valid rules.
    """
    if preset not in PRESETS:
        raise ValueError(f"preset is {preset!r}; it must be one of {', '.join(PRESETS)}")
    numbers = dict(zip(NAMES, ops.rules(preset)[1:], strict=True))
    for name, number in changes.items():
        if name not in numbers:
            raise ValueError(f"there is no rule {name!r}; the rules are {', '.join(NAMES)}")
        if isinstance(number, bool) or not isinstance(number, Real) or not math.isfinite(number):
            raise ValueError(f"{name} is {number!r}; it must be a finite number")
        # The operators' numbers are floats, and would be truncated where a whole number is meant.
        if name in WHOLE and number != int(number):
            raise ValueError(f"{name} is {number}; it must be a whole number")
        numbers[name] = float(number)
    check(number_list(preset, numbers))
    return numbers


def number_list(preset, numbers):
    """The rules as the operators take them: list of float, the game first."""
    return [ops.rules(preset)[0], *(numbers[name] for name in NAMES)]


def check(numbers):
    """Raises ValueError, with the program's message, if these are no valid rules."""
    nothing = torch.empty(0, device="meta")
    try:
        ops.observe(nothing, nothing, nothing, numbers)
    except ValueError as error:
        # The rules are checked first; any later error is about these tensors, which are empty.
        if "bodies is" not in str(error):
            raise ValueError(str(error)) from None
