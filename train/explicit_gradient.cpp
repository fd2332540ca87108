#include "train/explicit_gradient.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <tuple>

namespace matchday {
namespace {

/// torch's guard of layer_norm against small variances.
constexpr double layer_norm_floor = 1e-5;

at::Tensor apply(const Linear& layer, const at::Tensor& x) {
  if (layer.weight.defined()) return at::linear(x, layer.weight, layer.bias);
  return layer.bias.expand({x.size(0), layer.bias.size(0)}).contiguous();
}

/// Adds a layer's part. derivative: by its outputs, [M, out]; input: what it read, [M, in].
void add_layer(const Linear& gradient, const at::Tensor& derivative, const at::Tensor& input) {
  gradient.bias.add_(derivative.sum(0, false, at::kFloat));
  if (!gradient.weight.defined()) return;
  if (derivative.scalar_type() == at::kFloat)
    gradient.weight.addmm_(derivative.t(), input);
  else if (derivative.is_cuda())  // a sum over a million rows, which bfloat16 would round away
    gradient.weight.add_(at::mm(derivative.t(), input, at::kFloat));
  else
    gradient.weight.add_(at::mm(derivative.t(), input));
}

/// The derivative before a ReLU, of which `output` came.
at::Tensor before_relu(const at::Tensor& derivative, const at::Tensor& output) {
  return at::threshold_backward(derivative, output, 0.0);
}

/// Hidden layers on a way forward, which keeps what the way back needs.
class HiddenLayers {
 public:
  HiddenLayers(const std::string& body, const std::vector<Linear>& layers, const at::Tensor& observation)
      : residual_(body == "residual"), layers_(layers) {
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
    // `by` becomes the derivative by the sum that all blocks add to.
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
  /// What a normalisation read, and of it the mean and the inverse deviation.
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
  std::vector<at::Tensor> read_;  ///< what each layer read, and at last the features
  std::vector<Norm> norms_;       ///< of each block, and the last one
};

/// The kernel of the heads: derivatives by mean and log sigma, and the figures of each row.
std::tuple<at::Tensor, at::Tensor, at::Tensor> loss_at_heads(const Network& network, const at::Tensor& mean,
                                                             const at::Tensor& log_sigma, const Samples& samples,
                                                             const kernels::LossOptions& options) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("matchday::policy_loss", "")
                             .typed<std::tuple<at::Tensor, at::Tensor, at::Tensor>(
                                 const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&,
                                 const at::Tensor&, bool, double, double, bool, double, double, double,
                                 const std::optional<at::Tensor>&, const std::optional<at::Tensor>&)>();
  const LogStdBounds bounds = log_std_bounds(network.options);
  return op.call(mean, log_sigma, samples.pre_squash, samples.log_prob, samples.advantage,
                 network.options.head == "squashed", bounds.lowest, bounds.highest, options.gain == kernels::Gain::ppo,
                 options.clip, options.entropy, options.weight,
                 samples.teacher.defined() ? std::optional(samples.teacher) : std::nullopt,
                 samples.teacher.defined() ? std::optional(samples.teacher_weight) : std::nullopt);
}

/// The policy: forward, the loss at its heads, back. Gives the figures' sums.
at::Tensor add_policy_gradient(const Network& network, const Network& gradient, const Samples& samples,
                               const kernels::LossOptions& options) {
  const HiddenLayers policy(network.options.body, network.layers, samples.observation);
  const at::Tensor features = policy.features().to(at::kFloat);
  const auto [d_mean, d_log_sigma, of_rows] =
      loss_at_heads(network, apply(network.mean, features), apply(network.log_sigma, features), samples, options);
  add_layer(gradient.mean, d_mean, features);
  add_layer(gradient.log_sigma, d_log_sigma, features);
  at::Tensor by_features = d_mean.mm(network.mean.weight);
  if (network.log_sigma.weight.defined()) by_features.addmm_(d_log_sigma, network.log_sigma.weight);
  policy.add_gradient(by_features, gradient.layers);
  return of_rows.sum(0);
}

/// The critic: forward, its squared error, back. Adds that to the figures.
void add_critic_gradient(const Network& network, const Network& gradient, const Samples& samples,
                         const kernels::LossOptions& options, const at::Tensor& variance, at::Tensor& figures) {
  const HiddenLayers critic(network.options.body, network.critic_layers, samples.observation);
  const at::Tensor seen = critic.features().to(at::kFloat);
  const at::Tensor error = apply(network.value, seen).squeeze(1) - samples.target;
  const double weight = double{options.value_weight} * double{options.weight};
  const at::Tensor d_value = (error * (2.0 * weight) / variance).unsqueeze(1);
  add_layer(gradient.value, d_value, seen);
  critic.add_gradient(d_value.mm(network.value.weight), gradient.critic_layers);
  const at::Tensor value_error = (error.square() / variance).sum();
  figures[kernels::value_error_figure] += value_error;
  figures[kernels::loss_figure] += value_error * weight;
}

}  // namespace

at::Tensor add_explicit_gradient(const Network& network, const Network& gradient, const Samples& samples,
                                 const kernels::LossOptions& options, const at::Tensor& variance) {
  const at::NoGradGuard no_gradient;
  // One after the other, so that the memory of the policy's way is free again on the critic's.
  at::Tensor figures = add_policy_gradient(network, gradient, samples, options);
  if (samples.target.defined()) add_critic_gradient(network, gradient, samples, options, variance, figures);
  return figures;
}

}  // namespace matchday
