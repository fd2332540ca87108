#include "policy/prepared_network.h"

#include <ATen/ATen.h>

namespace matchday {

PreparedNetwork::PreparedNetwork(const Network& network, at::ScalarType precision) : network_(network) {
  if (can_be_packed(network))
    packed_.emplace(network, precision);
  else if (network.flat.defined())
    network_ = computed_in(network, precision);
}

void PreparedNetwork::decide(const at::Tensor& observation, const at::Tensor& mean, const at::Tensor& log_std,
                             const at::Tensor& hidden) const {
  if (packed_) {
    packed_->decide(observation.const_data_ptr<float>(), observation.numel() / observation.size(-1),
                    mean.mutable_data_ptr<float>(), log_std.mutable_data_ptr<float>(),
                    hidden.defined() ? hidden.mutable_data_ptr() : nullptr);
    return;
  }
  const ActionDistribution decided = matchday::decide(network_, observation);
  mean.copy_(decided.mean);
  log_std.copy_(decided.log_std);
}

void PreparedNetwork::predict_values(const at::Tensor& observation, const at::Tensor& value) const {
  if (packed_)
    packed_->predict_values(observation.const_data_ptr<float>(), value.numel(), value.mutable_data_ptr<float>());
  else
    value.copy_(matchday::predict_values(network_, observation));
}

}  // namespace matchday
