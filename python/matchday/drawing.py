"""Pictures of matches, drawn as `matchday play` draws them. The drawing library is loaded with the first picture."""

import functools

import gymnasium
import torch

from matchday.matches import whole_number
from matchday.operators import find_library, ops

NAME = "libmatchday_drawing.so"  # beside the operators' library
STEPS_PER_SECOND = 15  # of a match, as the program's videos show it
RENDER_MODES = ("rgb_array",)


def draw(matches, place=0, width=640):
    """A picture of the match at that place, `width` px wide: numpy uint8 [height, width, 3], red first."""
    place = whole_number("place", place, 0, matches.count - 1)
    load_library()
    bodies, score = matches.bodies[:, :, place].cpu(), matches.score[:, place].cpu()
    return ops.draw_match(bodies, score, matches.clock[place].item(), matches.numbers, width).numpy()


@functools.cache
def load_library():
    """Loads the operator that draws. Raises gymnasium.error.DependencyNotInstalled if it can't be loaded."""
    library = find_library().with_name(NAME)
    if not library.is_file():
        raise gymnasium.error.DependencyNotInstalled(
            f"there is no {library}, which draws matches: build matchday with Cairo and Pango (./matchday in a checkout)")
    try:
        torch.ops.load_library(library)
    except OSError as error:
        complaint = f"{library}, which draws matches, can't be loaded: {error}"
        raise gymnasium.error.DependencyNotInstalled(complaint) from error


def checked_render_mode(render_mode):
    """The mode. Raises ValueError if there is no such mode."""
    if render_mode is not None and render_mode not in RENDER_MODES:
        raise ValueError(f"render_mode is {render_mode!r}; it must be None or {', '.join(RENDER_MODES)} (matchday play "
                         "makes videos)")
    return render_mode


def rendered(environment, matches):
    """What `environment.render()` returns: a picture of the one match, or None and a warning without a render mode."""
    if environment.render_mode is None:
        gymnasium.logger.warn('render gives pictures where the environment was made with render_mode="rgb_array"')
        return None
    return draw(matches)
