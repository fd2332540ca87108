// How far the numbers of all shards spread.
#pragma once

#include <vector>

#include "train/ranks.h"

namespace matchday {

/// The sample variance of all shards' numbers together: float32 []. own: this rank's shards', all of one size.
at::Tensor variance(const std::vector<at::Tensor>& own, const Ranks& ranks);

/// Its root, the standard deviation.
at::Tensor deviation(const std::vector<at::Tensor>& own, const Ranks& ranks);

}  // namespace matchday
