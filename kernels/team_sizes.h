// The numbers of players per team that kernels are compiled for.
#pragma once

#include <utility>

namespace matchday::kernels {

/// All that rules allow, 1 to max_players. A build that needs fewer puts another such file first on its include path.
using TeamSizes = std::integer_sequence<int, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11>;

}  // namespace matchday::kernels
