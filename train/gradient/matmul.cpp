// The gradient without autograd: forward and backward pass layer by layer in torch's matrix products, on a CPU or a
// GPU, with hidden layers in float32 or bfloat16.
#include <ATen/ATen.h>

#include <tuple>

#include "kernels/operators.h"
#include "policy/through_trunk.h"
#include "train/gradient/pieces.h"
#include "train/gradient/ways.h"

namespace matchday {
namespace {

/// Rows of a piece on a CPU, limited by the memory of their activations: 4 x 128 units take about 6 kB a row.
constexpr std::int64_t rows_of_piece_by_matmul = 2048;

at::Tensor apply(const Linear& layer, const at::Tensor& x) {
  if (layer.weight.defined()) return at::linear(x, layer.weight, layer.bias);
  return layer.bias.expand({x.size(0), layer.bias.size(0)}).contiguous();
}

/// Adds a layer's gradient. derivative: by the layer's outputs, [M, out]; input: the layer's input, [M, in].
void add_layer(const Linear& gradient, const at::Tensor& derivative, const at::Tensor& input) {
  gradient.bias.add_(derivative.sum(0, false, at::kFloat));
  if (!gradient.weight.defined()) return;
  if (derivative.scalar_type() == at::kFloat)
    gradient.weight.addmm_(derivative.t(), input);
  else if (derivative.is_cuda())  // float32 output: bfloat16 can't hold a sum over a million rows
    gradient.weight.add_(at::mm(derivative.t(), input, at::kFloat));
  else
    gradient.weight.add_(at::mm(derivative.t(), input));
}

/// A trunk's forward pass, which keeps what the backward pass needs.
class TrunkPass {
 public:
  TrunkPass(Trunk trunk, const std::vector<std::int64_t>& widths, const std::vector<Linear>& layers,
            const at::Tensor& observation)
      : steps_(trunk_steps(trunk, widths)), layers_(layers) {
    auto layer = layers.begin();
    features_ = through_trunk(
        steps_, observation.to(layers.front().bias.scalar_type()),
        [&](const at::Tensor& x) {
          kept_.push_back({x, {}, {}});
          return apply(*layer++, x);
        },
        [&](const at::Tensor& x) {
          kept_.push_back({x.relu(), {}, {}});
          return kept_.back().tensor;
        },
        [&](const at::Tensor& x, std::int64_t width) {
          const auto [normal, mean, inverse] = at::native_layer_norm(x, {width}, {}, {}, layer_norm_floor);
          kept_.push_back({x, mean, inverse});
          return normal;
        });
  }

  const at::Tensor& features() const { return features_; }

  /// derivative: by the features.
  void add_gradient(const at::Tensor& derivative, const std::vector<Linear>& gradient) const {
    at::Tensor by = derivative.to(features_.scalar_type());
    at::Tensor by_branch;
    std::size_t layer = layers_.size();
    auto kept = kept_.rbegin();
    for (std::size_t k = steps_.size(); k-- > 0;) {
      switch (steps_[k].operation) {
        case TrunkOperation::linear:
          add_layer(gradient[--layer], by, kept->tensor);
          ++kept;
          if (k > 0) by = by.mm(layers_[layer].weight);
          break;
        case TrunkOperation::relu:
          by = at::threshold_backward(by, kept->tensor, 0.0);
          ++kept;
          break;
        case TrunkOperation::normalise:
          by = std::get<0>(at::native_layer_norm_backward(by, kept->tensor, {steps_[k].width}, kept->mean,
                                                          kept->inverse_deviation, {}, {}, {true, false, false}));
          ++kept;
          break;
        case TrunkOperation::branch:
          by = by_branch + by;
          break;
        case TrunkOperation::add:
          by_branch = by;
          break;
      }
    }
  }

 private:
  /// What an operation keeps: a layer or a normalisation its input, a ReLU its output.
  struct Kept {
    at::Tensor tensor;
    at::Tensor mean;               ///< of a normalisation's input
    at::Tensor inverse_deviation;  ///< the same
  };

  std::vector<TrunkStep> steps_;
  const std::vector<Linear>& layers_;
  std::vector<Kept> kept_;  ///< in the order of the steps; a branch or an addition keeps nothing
  at::Tensor features_;
};

/// The heads' loss kernel: derivatives by mean and raw log sigma, and the metrics of each row.
operators::LossGradient loss_at_heads(const Network& network, const at::Tensor& mean, const at::Tensor& log_std_raw,
                                      const Samples& samples, const kernels::LossOptions& options) {
  const LogStdBounds bounds = log_std_bounds(network.options);
  const kernels::HeadPlan head{network.options.head == Head::squashed, static_cast<float>(bounds.lowest),
                               static_cast<float>(bounds.highest)};
  return operators::policy_loss(options, head,
                                {mean, log_std_raw, samples.pre_squash, samples.log_prob, samples.advantage,
                                 samples.teacher, samples.teacher_weight});
}

/// The policy: forward pass, loss at the heads, backward pass. Returns the metrics' sums.
at::Tensor add_policy_gradient(const Network& network, const Network& gradient, const Samples& samples,
                               const kernels::LossOptions& options) {
  const TrunkPass policy(network.options.trunk, network.options.hidden, network.layers, samples.observation);
  const at::Tensor features = policy.features().to(at::kFloat);
  const auto [d_mean, d_log_std_raw, metrics] =
      loss_at_heads(network, apply(network.mean, features), apply(network.log_std_raw, features), samples, options);
  add_layer(gradient.mean, d_mean, features);
  add_layer(gradient.log_std_raw, d_log_std_raw, features);
  at::Tensor by_features = d_mean.mm(network.mean.weight);
  if (network.log_std_raw.weight.defined()) by_features.addmm_(d_log_std_raw, network.log_std_raw.weight);
  policy.add_gradient(by_features, gradient.layers);
  return metrics.sum(0);
}

/// The critic: forward pass, squared error, backward pass. Adds the error to the metrics.
void add_critic_gradient(const Network& network, const Network& gradient, const Samples& samples,
                         const kernels::LossOptions& options, const at::Tensor& variance, at::Tensor& metrics) {
  const TrunkPass critic(network.options.trunk, network.options.critic_hidden, network.critic_layers,
                         samples.observation);
  const at::Tensor seen = critic.features().to(at::kFloat);
  const at::Tensor error = apply(network.value, seen).squeeze(1) - samples.target;
  const double weight = double{options.value_weight} * double{options.weight};
  const at::Tensor d_value = (error * (2.0 * weight) / variance).unsqueeze(1);
  add_layer(gradient.value, d_value, seen);
  critic.add_gradient(d_value.mm(network.value.weight), gradient.critic_layers);
  const at::Tensor value_error = (error.square() / variance).sum();
  metrics[kernels::value_error_metric] += value_error;
  metrics[kernels::loss_metric] += value_error * weight;
}

/// Adds the samples' part of the loss's gradient to `gradient`, a network whose tensors hold the derivatives by the
/// learning network's parameters (float32). network: the learning network, or its copy `computed_in` bfloat16. Returns
/// the metrics' sums, float32 [loss_metrics].
at::Tensor add_gradient(const Network& network, const Network& gradient, const Samples& samples,
                        const kernels::LossOptions& options, const at::Tensor& variance) {
  const at::NoGradGuard no_gradient;
  // One after the other, so that the policy's activations are freed before the critic's are computed.
  at::Tensor metrics = add_policy_gradient(network, gradient, samples, options);
  if (samples.target.defined()) add_critic_gradient(network, gradient, samples, options, variance, metrics);
  return metrics;
}

}  // namespace

at::Tensor gradient_by_matmul(const Network& network, const Samples& samples, const at::Tensor& rows,
                              const kernels::LossOptions& options, const at::Tensor& variance, ThreadPool& thread_pool,
                              at::ScalarType precision) {
  const at::NoGradGuard no_gradient;
  const Network computed = computed_in(network, precision);
  const bool on_cpu = samples.log_prob.is_cpu();
  const std::int64_t count = count_of(samples, rows);
  const Pieces pieces = on_cpu ? few_pieces(count, rows_of_piece_by_matmul) : Pieces{count, rows_of_piece_on_gpu};
  // On a CPU each piece has its own gradient, so that the sum does not depend on the number of threads.
  const at::Tensor gradients = at::zeros({on_cpu ? pieces.count() : 1, network.flat.numel()}, network.flat.options());
  const at::Tensor metrics = in_pieces(samples, rows, pieces, thread_pool, [&](std::int64_t piece, const Samples& own) {
    const Network gradient = viewed(network, gradients[on_cpu ? piece : 0]);
    return add_gradient(computed, gradient, own, options, variance);
  });
  network.gradient.copy_(gradients.sum(0));
  return metrics;
}

}  // namespace matchday
