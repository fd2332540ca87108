#include "train/spread.h"

#include <ATen/ATen.h>

namespace matchday {
namespace {

/// The variance over several shards, from each one's mean and variance (Chan, Golub and LeVeque 1979): float64 [].
at::Tensor variance_of_all(const std::vector<at::Tensor>& own, const Ranks& ranks) {
  std::vector<at::Tensor> rows;
  for (const at::Tensor& numbers : own) rows.push_back(at::stack({numbers.mean(), numbers.var()}).to(at::kDouble));
  const at::Tensor all = ranks.gathered(at::stack(rows));  // [shards, 2]
  const at::Tensor mean = all.select(1, 0);
  const auto n = static_cast<double>(own[0].numel());
  const auto shards = static_cast<double>(ranks.shards());
  const at::Tensor within = all.select(1, 1).sum() * (n - 1.0);
  const at::Tensor between = (mean - mean.mean()).square().sum() * n;
  return (within + between) / (n * shards - 1.0);
}

}  // namespace

at::Tensor variance(const std::vector<at::Tensor>& own, const Ranks& ranks) {
  return ranks.shards() == 1 ? own[0].var() : variance_of_all(own, ranks).to(at::kFloat);
}

at::Tensor deviation(const std::vector<at::Tensor>& own, const Ranks& ranks) {
  return ranks.shards() == 1 ? own[0].std() : variance_of_all(own, ranks).sqrt().to(at::kFloat);
}

}  // namespace matchday
