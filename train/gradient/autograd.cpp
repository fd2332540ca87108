#include <torch/csrc/autograd/autograd.h>

#include "train/gradient/pieces.h"
#include "train/gradient/ways.h"
#include "train/loss.h"

namespace matchday {
namespace {

/// Rows of a piece on a CPU, limited by the memory of their activations.
constexpr std::int64_t rows_of_piece_by_autograd = 1440;

}  // namespace

at::Tensor gradient_by_autograd(const Network& network, const Samples& samples, const at::Tensor& rows,
                                const kernels::LossOptions& options, const at::Tensor& variance,
                                ThreadPool& thread_pool) {
  std::vector<at::Tensor> weights;
  for (const NamedTensor& parameter : parameters(network)) weights.push_back(parameter.tensor);
  const Pieces pieces{count_of(samples, rows),
                      samples.log_prob.is_cpu() ? rows_of_piece_by_autograd : rows_of_piece_on_gpu};
  std::vector<std::vector<at::Tensor>> gradients(static_cast<std::size_t>(pieces.count()));
  const at::Tensor metrics = in_pieces(samples, rows, pieces, thread_pool, [&](std::int64_t piece, const Samples& own) {
    const Loss loss = policy_loss(network, own, options, variance);
    gradients[static_cast<std::size_t>(piece)] =
        torch::autograd::grad({loss.loss}, weights, {}, std::nullopt, false, true);
    return loss.metrics;
  });
  const at::NoGradGuard no_gradient;
  network.gradient.zero_();
  for (const std::vector<at::Tensor>& of_piece : gradients)
    for (std::size_t w = 0; w < weights.size(); ++w)
      if (of_piece[w].defined()) weights[w].mutable_grad() += of_piece[w];
  return metrics;
}

}  // namespace matchday
