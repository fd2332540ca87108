#include "train/update.h"

#include <torch/torch.h>

#include <algorithm>

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

template <class Change>
Samples changed(const Samples& samples, const Change& change) {
  return {change(samples.observation),
          change(samples.pre_squash),
          change(samples.log_prob),
          change(samples.advantage),
          samples.target.defined() ? change(samples.target) : at::Tensor(),
          at::Tensor(),
          samples.teacher.defined() ? change(samples.teacher) : at::Tensor(),
          samples.teacher_weight};
}

/// Rows cut into pieces of one length, of which the last may be shorter.
struct Pieces {
  std::int64_t rows;
  std::int64_t length;

  std::int64_t count() const { return (rows + length - 1) / length; }
  /// Where a piece begins; one past the last begins at the end.
  std::int64_t first(std::int64_t piece) const { return std::min(piece * length, rows); }
};

/// No more pieces than gradients may take room, each of so many rows at least.
Pieces few_pieces(std::int64_t rows, std::int64_t least) {
  return {rows, std::max(least, (rows + most_pieces - 1) / most_pieces)};
}

std::int64_t count_of(const Samples& samples, const at::Tensor& rows) {
  return rows.defined() ? rows.numel() : samples.size();
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
                                   address(variance),
                                   address(samples.teacher),
                                   address(samples.teacher_weight),
                                   address(samples.hidden)};
  const Pieces pieces = few_pieces(count_of(samples, rows), rows_of_piece);
  const std::int64_t size = kernels.gradient_size(packed.plan());
  const at::Tensor gradients = at::empty({pieces.count(), size}, at::kFloat);
  const at::Tensor figures = at::empty({pieces.count(), kernels::loss_figures}, at::kFloat);
  auto* gradient = gradients.mutable_data_ptr<float>();
  workers.share_out(pieces.count(), [&](std::int64_t piece) {
    kernels.loss_gradient(packed.plan(), packed.numbers(), options, arrays, pieces.first(piece),
                          pieces.first(piece + 1), gradient + piece * size,
                          figures.mutable_data_ptr<float>() + piece * kernels::loss_figures);
  });
  const Pieces slices{size, (size + workers.threads() - 1) / workers.threads()};  // sums are the same in any slices
  workers.share_out(slices.count(), [&](std::int64_t slice) {
    const std::int64_t end = slices.first(slice + 1);
    for (std::int64_t piece = 1; piece < pieces.count(); ++piece)
      for (std::int64_t i = slices.first(slice); i < end; ++i) gradient[i] += gradient[piece * size + i];
  });
  network.gradient.zero_();
  kernels.add_gradient(packed.plan(), gradient, network.gradient.mutable_data_ptr<float>());
  return figures.sum(0);
}

/// The sums of the figures that find(piece, samples) gives of each piece of the chosen samples.
template <class Find>
at::Tensor in_pieces(const Samples& samples, const at::Tensor& rows, const Pieces& pieces, Workers& workers,
                     const Find& find) {
  std::vector<at::Tensor> figures(static_cast<std::size_t>(pieces.count()));
  workers.share_out(pieces.count(), [&](std::int64_t piece) {
    const std::int64_t first = pieces.first(piece);
    const std::int64_t own = pieces.first(piece + 1) - first;
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
  const bool on_cpu = samples.log_prob.is_cpu();
  const std::int64_t count = count_of(samples, rows);
  const Pieces pieces = on_cpu ? few_pieces(count, rows_of_products_on_cpu) : Pieces{count, rows_of_piece_elsewhere};
  // A worker's piece has its own, so that the sum does not depend on who works.
  const at::Tensor gradients = at::zeros({on_cpu ? pieces.count() : 1, network.flat.numel()}, network.flat.options());
  const at::Tensor figures = in_pieces(samples, rows, pieces, workers, [&](std::int64_t piece, const Samples& own) {
    const Network gradient = viewed(network, gradients[on_cpu ? piece : 0]);
    return add_explicit_gradient(computed, gradient, own, options, variance);
  });
  network.gradient.copy_(gradients.sum(0));
  return figures;
}

at::Tensor gradient_by_autograd(const Network& network, const Samples& samples, const at::Tensor& rows,
                                const kernels::LossOptions& options, const at::Tensor& variance, Workers& workers) {
  std::vector<at::Tensor> weights;
  for (const NamedTensor& parameter : parameters(network)) weights.push_back(parameter.tensor);
  const Pieces pieces{count_of(samples, rows),
                      samples.log_prob.is_cpu() ? rows_of_autograd_on_cpu : rows_of_piece_elsewhere};
  std::vector<std::vector<at::Tensor>> gradients(static_cast<std::size_t>(pieces.count()));
  const at::Tensor figures = in_pieces(samples, rows, pieces, workers, [&](std::int64_t piece, const Samples& own) {
    const Loss loss = policy_loss(network, own, options, variance);
    gradients[static_cast<std::size_t>(piece)] =
        torch::autograd::grad({loss.loss}, weights, {}, std::nullopt, false, true);
    return loss.figures;
  });
  const at::NoGradGuard no_gradient;
  network.gradient.zero_();
  for (const std::vector<at::Tensor>& of_piece : gradients)
    for (std::size_t w = 0; w < weights.size(); ++w)
      if (of_piece[w].defined()) weights[w].mutable_grad() += of_piece[w];
  return figures;
}

}  // namespace

Samples samples_of(const Trajectory& trajectory, const Advantages& advantages, std::int64_t first, std::int64_t count) {
  const auto rows = [&](const at::Tensor& numbers) { return numbers.narrow(1, first, count).flatten(0, 2); };
  return {rows(trajectory.observation),
          rows(trajectory.pre_squash),
          rows(trajectory.log_prob),
          rows(advantages.advantage),
          advantages.target.defined() ? rows(advantages.target) : at::Tensor(),
          trajectory.hidden.defined() ? rows(trajectory.hidden) : at::Tensor(),
          trajectory.teacher.defined() ? rows(trajectory.teacher) : at::Tensor(),
          trajectory.teacher_weight};
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
  at::Tensor distance = at::zeros_like(gain);
  at::Tensor pull = distance;
  if (samples.teacher.defined()) {
    const double most = kernels::most_taught;
    const at::Tensor taught =
        distribution.squash == Squash::tanh ? samples.teacher.clamp(-most, most).atanh() : samples.teacher;
    distance = (distribution.mean - taught).square().sum(-1);
    pull = distance * samples.teacher_weight * 0.5;
  }
  const at::Tensor loss =
      (value_error * options.value_weight + pull - gain - spread * options.entropy).sum() * options.weight;
  const at::Tensor sigma = distribution.log_std.exp().mean(-1);
  return {loss, at::stack({loss, value_error.sum(), spread.sum(), sigma.sum(), kl.sum(), clipped.sum(), distance.sum()})
                    .detach()};
}

kernels::LossOptions loss_options(kernels::Gain gain, const TrainOptions& options, double weight) {
  return {gain, static_cast<float>(options.clip), static_cast<float>(options.entropy),
          static_cast<float>(options.value_weight), static_cast<float>(weight)};
}

UpdateFigures named_figures(const at::Tensor& sums, const Samples& samples, std::int64_t steps, std::int64_t epochs) {
  const auto rows = static_cast<double>(samples.size() * epochs);
  const auto components = static_cast<double>(samples.pre_squash.size(1));
  UpdateFigures figures{{"loss", sums[kernels::loss_figure] / static_cast<double>(steps)},
                        {"value_loss", sums[kernels::value_error_figure] / rows},
                        {"entropy", sums[kernels::entropy_figure] / (rows * components)},
                        {"sigma", sums[kernels::sigma_figure] / rows},
                        {"kl", sums[kernels::kl_figure] / rows},
                        {"clipped", sums[kernels::clipped_figure] / rows}};
  if (samples.teacher.defined())
    figures.push_back({"teacher_distance", (sums[kernels::distance_figure] / (rows * components)).sqrt()});
  return figures;
}

at::Tensor loss_gradient(const Network& network, const Samples& samples, const at::Tensor& rows,
                         const kernels::LossOptions& options, const at::Tensor& variance, Workers& workers,
                         const UpdateOptions& how) {
  Differentiation chosen = how.differentiation;
  if (chosen == Differentiation::automatic) {
    const bool packed = can_be_packed(network) && how.precision == at::kFloat;
    const bool has_heads = !network.forward && network.flat.scalar_type() == at::kFloat &&
                           (network.flat.is_cpu() || network.flat.is_cuda());
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
