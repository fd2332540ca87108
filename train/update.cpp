#include "train/update.h"

#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "kernels/cpu/kernels.h"
#include "policy/packed_network.h"
#include "train/explicit_gradient.h"

namespace matchday {
namespace {

constexpr double variance_floor = 1e-8;

/// A CPU's kernels share samples out in pieces: so few that their gradients take little room, and long enough to be
/// worth it. How many there are does not depend on who works.
constexpr std::int64_t most_pieces = 16;
constexpr std::int64_t rows_of_piece = 480;  // five tiles of the kernels

/// Rows whose activations may be kept: 4 x 128 units take about 6 kB a row.
constexpr std::int64_t rows_of_products_on_cpu = 2048;
constexpr std::int64_t rows_of_autograd_on_cpu = 1440;
constexpr std::int64_t rows_of_piece_elsewhere = 1 << 20;

template <class Change>
Samples changed(const Samples& samples, const Change& change) {
  return {change(samples.observation), change(samples.pre_squash), change(samples.log_prob), change(samples.advantage),
          samples.target.defined() ? change(samples.target) : at::Tensor()};
}

/// Where a piece begins, of `count` rows cut into pieces of one length: the last may be shorter, and one past it begins
/// at the end.
std::int64_t first_of_piece(std::int64_t piece, std::int64_t length, std::int64_t count) {
  return std::min(piece * length, count);
}

at::Tensor gradient_by_kernels(const Network& network, const Samples& samples, const at::Tensor& rows,
                               const kernels::LossOptions& options, const at::Tensor& variance, Workers& workers) {
  const PackedNetwork packed(network);
  const kernels::NetworkKernels& kernels = *kernels::cpu_kernels().network;
  const auto address = [](const at::Tensor& numbers) {
    return numbers.defined() ? numbers.const_data_ptr<float>() : nullptr;
  };
  const kernels::LossArrays arrays{address(samples.observation),
                                   address(samples.pre_squash),
                                   address(samples.log_prob),
                                   address(samples.advantage),
                                   address(samples.target),
                                   rows.defined() ? rows.const_data_ptr<std::int64_t>() : nullptr,
                                   address(variance)};
  const std::int64_t count = rows.defined() ? rows.numel() : samples.size();
  const std::int64_t length = std::max(rows_of_piece, (count + most_pieces - 1) / most_pieces);
  const std::int64_t pieces = (count + length - 1) / length;
  const std::int64_t size = kernels.gradient_size(packed.plan());
  const at::Tensor gradients = at::empty({pieces, size}, at::kFloat);
  const at::Tensor figures = at::empty({pieces, kernels::loss_figures}, at::kFloat);
  auto* gradient = gradients.mutable_data_ptr<float>();
  workers.share_out(pieces, [&](std::int64_t piece) {
    kernels.loss_gradient(packed.plan(), packed.numbers(), options, arrays, first_of_piece(piece, length, count),
                          first_of_piece(piece + 1, length, count), gradient + piece * size,
                          figures.mutable_data_ptr<float>() + piece * kernels::loss_figures);
  });
  const std::int64_t slice = (size + workers.threads() - 1) / workers.threads();  // sums are the same in any slices
  workers.share_out(workers.threads(), [&](std::int64_t k) {
    const std::int64_t end = first_of_piece(k + 1, slice, size);
    for (std::int64_t piece = 1; piece < pieces; ++piece)
      for (std::int64_t i = first_of_piece(k, slice, size); i < end; ++i) gradient[i] += gradient[piece * size + i];
  });
  network.gradient.zero_();
  kernels.add_gradient(packed.plan(), gradient, network.gradient.mutable_data_ptr<float>());
  return figures.sum(0);
}

/// The chosen samples in pieces: find(piece, samples) gives the figures of each.
template <class Find>
at::Tensor in_pieces(const Samples& samples, const at::Tensor& rows, std::int64_t rows_of_cpu, Workers& workers,
                     const Find& find) {
  const std::int64_t count = rows.defined() ? rows.numel() : samples.size();
  const std::int64_t length = samples.log_prob.is_cpu() ? rows_of_cpu : rows_of_piece_elsewhere;
  const std::int64_t pieces = (count + length - 1) / length;
  std::vector<at::Tensor> figures(static_cast<std::size_t>(pieces));
  workers.share_out(pieces, [&](std::int64_t piece) {
    const std::int64_t first = first_of_piece(piece, length, count);
    const std::int64_t own = first_of_piece(piece + 1, length, count) - first;
    figures[static_cast<std::size_t>(piece)] = find(
        piece, changed(samples, [&](const at::Tensor& numbers) {
          return rows.defined() ? numbers.index_select(0, rows.narrow(0, first, own)) : numbers.narrow(0, first, own);
        }));
  });
  return at::stack(figures).sum(0);
}

at::Tensor gradient_by_products(const Network& network, const Samples& samples, const at::Tensor& rows,
                                const kernels::LossOptions& options, const at::Tensor& variance, Workers& workers,
                                at::ScalarType precision) {
  const at::NoGradGuard no_gradient;
  const Network computed = computed_in(network, precision);
  const std::int64_t count = rows.defined() ? rows.numel() : samples.size();
  const std::int64_t length = std::max(rows_of_products_on_cpu, (count + most_pieces - 1) / most_pieces);
  // Each piece's own, so that the sum does not depend on who works.
  const at::Tensor gradients = at::zeros(
      {samples.log_prob.is_cpu() ? (count + length - 1) / length : 1, network.flat.numel()}, network.flat.options());
  const at::Tensor figures = in_pieces(samples, rows, length, workers, [&](std::int64_t piece, const Samples& own) {
    const Network gradient = viewed(network, gradients[samples.log_prob.is_cpu() ? piece : 0]);
    return add_explicit_gradient(computed, gradient, own, options, variance);
  });
  network.gradient.copy_(gradients.sum(0));
  return figures;
}

at::Tensor gradient_by_autograd(const Network& network, const Samples& samples, const at::Tensor& rows,
                                const kernels::LossOptions& options, const at::Tensor& variance, Workers& workers) {
  std::vector<at::Tensor> weights;
  for (const NamedTensor& parameter : parameters(network)) weights.push_back(parameter.tensor);
  std::mutex adding;
  std::map<std::int64_t, std::vector<at::Tensor>> gradients;
  const at::Tensor figures =
      in_pieces(samples, rows, rows_of_autograd_on_cpu, workers, [&](std::int64_t piece, const Samples& own) {
        const Loss loss = policy_loss(network, own, options, variance);
        std::vector<at::Tensor> gradient = torch::autograd::grad({loss.loss}, weights, {}, std::nullopt, false, true);
        const std::lock_guard lock(adding);
        gradients[piece] = std::move(gradient);
        return loss.figures;
      });
  const at::NoGradGuard no_gradient;
  network.gradient.zero_();
  for (const auto& [piece, gradient] : gradients)
    for (std::size_t w = 0; w < weights.size(); ++w)
      if (gradient[w].defined()) weights[w].mutable_grad() += gradient[w];
  return figures;
}

}  // namespace

Samples samples_of(const Trajectory& trajectory, const Advantages& advantages, std::int64_t first, std::int64_t count) {
  const auto rows = [&](const at::Tensor& numbers) { return numbers.narrow(1, first, count).flatten(0, 2); };
  return {rows(trajectory.observation), rows(trajectory.pre_squash), rows(trajectory.log_prob),
          rows(advantages.advantage), advantages.target.defined() ? rows(advantages.target) : at::Tensor()};
}

at::Tensor return_variance(const Samples& samples) {
  return samples.target.defined() ? samples.target.var() + variance_floor : at::ones({}, samples.log_prob.options());
}

Loss policy_loss(const Network& network, const Samples& samples, const kernels::LossOptions& options,
                 const at::Tensor& variance) {
  const ActionDistribution distribution = decide(network, samples.observation);
  const at::Tensor log_likelihood = log_prob(distribution, samples.pre_squash).sum(-1);
  const at::Tensor spread = entropy(distribution).sum(-1);
  at::Tensor gain = log_likelihood * samples.advantage;
  at::Tensor kl = at::zeros_like(gain);
  at::Tensor clipped = kl;
  if (options.gain == kernels::Gain::ppo) {
    const at::Tensor log_ratio = log_likelihood - samples.log_prob;
    const at::Tensor ratio = log_ratio.exp();
    const at::Tensor kept = ratio.clamp(1.0 - options.clip, 1.0 + options.clip);
    gain = at::minimum(ratio * samples.advantage, kept * samples.advantage);
    kl = ratio - 1.0 - log_ratio;  // Schulman's estimate: unbiased, never negative
    clipped = ratio != kept;
  }
  const at::Tensor value_error =
      samples.target.defined() ? (expected_return(network, samples.observation) - samples.target).square() / variance
                               : at::zeros_like(gain);
  const at::Tensor loss = (value_error * options.value_weight - gain - spread * options.entropy).sum() * options.weight;
  const at::Tensor sigma = distribution.log_std.exp().mean(-1);
  return {loss, at::stack({loss, value_error.sum(), spread.sum(), sigma.sum(), kl.sum(), clipped.sum()}).detach()};
}

kernels::LossOptions loss_options(kernels::Gain gain, const TrainOptions& options, double weight) {
  return {gain, static_cast<float>(options.clip), static_cast<float>(options.entropy),
          static_cast<float>(options.value_weight), static_cast<float>(weight)};
}

UpdateFigures named_figures(const at::Tensor& sums, const Samples& samples, std::int64_t steps, std::int64_t epochs) {
  const auto rows = static_cast<double>(samples.size() * epochs);
  const auto components = static_cast<double>(samples.pre_squash.size(1));
  return {{"loss", sums[kernels::loss_figure] / static_cast<double>(steps)},
          {"value_loss", sums[kernels::value_error_figure] / rows},
          {"entropy", sums[kernels::entropy_figure] / (rows * components)},
          {"sigma", sums[kernels::sigma_figure] / rows},
          {"kl", sums[kernels::kl_figure] / rows},
          {"clipped", sums[kernels::clipped_figure] / rows}};
}

at::Tensor loss_gradient(const Network& network, const Samples& samples, const at::Tensor& rows,
                         const kernels::LossOptions& options, const at::Tensor& variance, Workers& workers,
                         const UpdateOptions& how) {
  Differentiation chosen = how.differentiation;
  if (chosen == Differentiation::automatic) {
    const bool packed = can_be_packed(network) && how.precision == at::kFloat;
    const bool has_heads =
        network.flat.scalar_type() == at::kFloat && (network.flat.is_cpu() || network.flat.is_cuda());
    chosen = packed ? Differentiation::kernels : has_heads ? Differentiation::products : Differentiation::autograd;
  }
  switch (chosen) {
    case Differentiation::kernels:
      return gradient_by_kernels(network, samples, rows, options, variance, workers);
    case Differentiation::products:
      return gradient_by_products(network, samples, rows, options, variance, workers, how.precision);
    default:
      return gradient_by_autograd(network, samples, rows, options, variance, workers);
  }
}

}  // namespace matchday
