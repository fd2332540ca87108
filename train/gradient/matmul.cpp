// The gradient without autograd: forward and backward pass layer by layer in torch's matrix products, on a CPU or a
// GPU, with hidden layers in float32 or bfloat16.
#include <ATen/ATen.h>

#include <tuple>

#include "kernels/operators.h"
#include "train/gradient/pieces.h"
#include "train/gradient/ways.h"

namespace matchday {
namespace {

/// Rows of a piece on a CPU, limited by the memory of their activations: 4 x 128 units take about 6 kB a row.
constexpr std::int64_t rows_of_piece = 2048;

/// The epsilon of torch's layer_norm.
constexpr double layer_norm_floor = 1e-5;

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

/// The derivative by a ReLU's input. output: the ReLU's output.
at::Tensor before_relu(const at::Tensor& derivative, const at::Tensor& output) {
  return at::threshold_backward(derivative, output, 0.0);
}

/// The hidden layers' forward pass, which keeps the activations that the backward pass needs.
class HiddenLayers {
 public:
  HiddenLayers(const std::string& trunk, const std::vector<Linear>& layers, const at::Tensor& observation)
      : residual_(trunk == "residual"), layers_(layers) {
    read_.push_back(observation.to(layers.front().bias.scalar_type()));
    if (!residual_) {
      for (const Linear& layer : layers) read_.push_back(apply(layer, read_.back()).relu_());
      return;
    }
    at::Tensor x = apply(layers.front(), read_.back());
    for (std::size_t k = 1; k < layers.size(); k += 2) {
      read_.push_back(normalise(x));
      read_.push_back(apply(layers[k], read_.back()).relu_());
      x = x + apply(layers[k + 1], read_.back());
    }
    read_.push_back(normalise(x).relu_());
  }

  const at::Tensor& features() const { return read_.back(); }

  /// derivative: by the features.
  void add_gradient(const at::Tensor& derivative, const std::vector<Linear>& gradient) const {
    at::Tensor by = before_relu(derivative.to(features().scalar_type()), features());
    if (!residual_) {
      for (std::size_t k = layers_.size(); k-- > 0;) {
        add_layer(gradient[k], by, read_[k]);
        if (k > 0) by = before_relu(by.mm(layers_[k].weight), read_[k]);
      }
      return;
    }
    // `by` becomes the derivative by the residual stream, the sum that all blocks add to.
    by = before_normalisation(by, norms_.size() - 1);
    for (std::size_t k = layers_.size() - 1; k > 0; k -= 2) {
      add_layer(gradient[k], by, read_[k]);
      const at::Tensor inner = before_relu(by.mm(layers_[k].weight), read_[k]);
      add_layer(gradient[k - 1], inner, read_[k - 1]);
      by = by + before_normalisation(inner.mm(layers_[k - 1].weight), (k - 1) / 2);
    }
    add_layer(gradient.front(), by, read_.front());
  }

 private:
  /// A normalisation's input, and the input's mean and inverse standard deviation.
  using Norm = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

  at::Tensor normalise(const at::Tensor& x) {
    auto [normal, mean, inverse] = at::native_layer_norm(x, {x.size(1)}, {}, {}, layer_norm_floor);
    norms_.emplace_back(x, mean, inverse);
    return normal;
  }

  at::Tensor before_normalisation(const at::Tensor& derivative, std::size_t place) const {
    const auto& [x, mean, inverse] = norms_[place];
    return std::get<0>(
        at::native_layer_norm_backward(derivative, x, {x.size(1)}, mean, inverse, {}, {}, {true, false, false}));
  }

  bool residual_;
  const std::vector<Linear>& layers_;
  std::vector<at::Tensor> read_;  ///< each layer's input, and at last the features
  std::vector<Norm> norms_;       ///< of each block, and the last one
};

/// The heads' loss kernel: derivatives by mean and raw log sigma, and the metrics of each row.
operators::LossGradient loss_at_heads(const Network& network, const at::Tensor& mean, const at::Tensor& log_std_raw,
                                      const Samples& samples, const kernels::LossOptions& options) {
  const LogStdBounds bounds = log_std_bounds(network.options);
  const kernels::HeadPlan head{network.options.head == "squashed", static_cast<float>(bounds.lowest),
                               static_cast<float>(bounds.highest)};
  return operators::policy_loss(options, head,
                                {mean, log_std_raw, samples.pre_squash, samples.log_prob, samples.advantage,
                                 samples.teacher, samples.teacher_weight});
}

/// The policy: forward pass, loss at the heads, backward pass. Returns the metrics' sums.
at::Tensor add_policy_gradient(const Network& network, const Network& gradient, const Samples& samples,
                               const kernels::LossOptions& options) {
  const HiddenLayers policy(network.options.trunk, network.layers, samples.observation);
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
  const HiddenLayers critic(network.options.trunk, network.critic_layers, samples.observation);
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
  const Pieces pieces = on_cpu ? few_pieces(count, rows_of_piece) : Pieces{count, rows_of_piece_on_gpu};
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
