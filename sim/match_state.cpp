#include "sim/match_state.h"

#include <ATen/ATen.h>

namespace matchday {

MatchState empty_state(std::int64_t players, std::int64_t matches, at::Device device) {
  constexpr std::int64_t line = 16;  // numbers
  const std::int64_t pitch = (((matches + line - 1) / line) | 1) * line;
  const at::TensorOptions numbers(device);
  const at::TensorOptions counts = numbers.dtype(at::kInt);
  return {at::empty({4, 2 * players + 1, pitch}, numbers).narrow(2, 0, matches), at::empty({2, matches}, counts),
          at::empty({matches}, counts), at::empty({matches}, counts), at::empty({matches}, numbers)};
}

}  // namespace matchday
