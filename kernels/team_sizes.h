// The numbers of players a side that kernels are compiled for.
#pragma once

#include <utility>

namespace matchday::kernels {

/// Every one that rules allow, 1 to max_players. A build that needs few of them finds another file of this name first.
using TeamSizes = std::integer_sequence<int, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11>;

}  // namespace matchday::kernels
