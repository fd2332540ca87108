// Found before kernels/team_sizes.h where PTX is made: few teams, since every one takes long to translate and compile.
#pragma once

#include <utility>

namespace matchday::kernels {

using TeamSizes = std::integer_sequence<int, 1, 2, 3, 5, 11>;

}  // namespace matchday::kernels
