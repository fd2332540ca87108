// Tallies as tensors, for ranks that share out the matches of an evaluation.
#pragma once

#include <ATen/core/Tensor.h>

#include "evaluate/evaluation.h"

namespace matchday {

/// All of a tally of so many matches: float64 [n], exact, since its counts are far below 2^53.
at::Tensor numbers_of(const MatchTally& tally);
MatchTally tally_of(const at::Tensor& numbers);

/// n for a tally of so many matches.
std::int64_t numbers_in_tally(std::int64_t matches);

}  // namespace matchday
