"""Where the library of operators is, and the operators: `ops` is torch.ops.matchday."""

import os
import pathlib

import torch

NAME = "libmatchday_kernels.so"


def find_library():
    """The path of the operators' library: MATCHDAY_LIBRARY, or that of a wheel, or that of a checkout's build."""
    here = pathlib.Path(__file__).resolve().parent
    if named := os.environ.get("MATCHDAY_LIBRARY"):
        places = [pathlib.Path(named)]
    else:
        places = [here / NAME, here.parents[1] / "build" / "lib" / NAME]
    for place in places:
        if place.is_file():
            return place
    raise ImportError(f"there is no {' and no '.join(map(str, places))}: build matchday (./matchday in a checkout), or "
                      f"name its {NAME} in the environment variable MATCHDAY_LIBRARY")


def load_library():
    """Loads the operators into torch. Loading the same library twice does nothing."""
    library = find_library()
    try:
        torch.ops.load_library(library)
    except OSError as error:
        raise ImportError(f"{library} can't be loaded with torch {torch.__version__}; build matchday with the torch of "
                          f"this Python ({error})") from error


load_library()
ops = torch.ops.matchday
