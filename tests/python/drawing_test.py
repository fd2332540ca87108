"""Pictures of the environments' matches."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import gymnasium
import numpy
from gymnasium.utils.env_checker import check_env

from package import LIBRARY, ROOT, matchday, refused


def test_pictures_are_of_the_match():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_env(gymnasium.make("matchday/arena-v0", render_mode="rgb_array").unwrapped)
    for preset in matchday.PRESETS:
        env = gymnasium.make(f"matchday/{preset}-v0", render_mode="rgb_array", seed=1)
        match = matchday.parallel_env(preset, render_mode="rgb_array", seed=1)
        env.reset()
        match.reset()
        picture = env.render()
        height, width, _ = picture.shape
        assert picture.dtype == numpy.uint8 and width == 640 and 300 < height < 640
        assert numpy.array_equal(picture, match.render()), "the same match gives the same picture"
        red, green, blue = picture.reshape(-1, 3).astype(int).mean(0)
        assert green > red + 20 and green > blue + 20, "most of it is grass"

        # Only where the ball was and is the picture changes.
        matches = env.unwrapped.team.matches
        x, y = matches.rules["half_length"] / 2, matches.rules["half_width"] / 2
        matches.bodies[:2, :, 0] = 0
        before = env.render()
        matches.bodies[0, -1, 0], matches.bodies[1, -1, 0] = x, y
        rows, columns = numpy.nonzero((env.render() != before).any(2))
        right_and_up = (rows < height / 2 - 20) & (columns > width / 2 + 60)
        middle = (abs(rows - height / 2) < 60) & (abs(columns - width / 2) < 60)
        assert right_and_up.any() and (right_and_up | middle).all(), preset
    large = matchday.draw(matchday.make(matches=3, seed=1).matches, place=2, width=1280)
    assert large.shape == (846, 1280, 3)
    refused("place is 3; it must be a whole number from 0 to 2",
            lambda: matchday.draw(matchday.make(matches=3).matches, place=3))
    refused("width is 100; it must be 320 to 7680 px", lambda: matchday.draw(matchday.Matches(), width=100))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert matchday.parallel_env().render() is None
    assert any("render_mode" in str(each.message) for each in caught)


def test_without_the_library_that_draws_only_pictures_are_missing():
    with tempfile.TemporaryDirectory() as folder:
        library = shutil.copy(LIBRARY, folder)
        code = ("import gymnasium, matchday\n"
                f"env = gymnasium.make('matchday/arena-v0', render_mode='rgb_array')\n"
                "env.reset()\nenv.step(env.action_space.sample())\nprint('plays')\nenv.render()")
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                              env={**os.environ, "MATCHDAY_LIBRARY": library, "PYTHONPATH": str(ROOT / "python")})
        assert told.returncode == 1 and told.stdout == "plays\n", told
        drawing = pathlib.Path(folder) / "libmatchday_drawing.so"
        complaint = f"DependencyNotInstalled: there is no {drawing}, which draws matches: build matchday with Cairo"
        assert complaint in told.stderr, told.stderr
