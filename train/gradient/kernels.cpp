#include "policy/packed_network.h"
#include "train/gradient/pieces.h"
#include "train/gradient/ways.h"

namespace matchday {
namespace {

/// Rows of a piece, at least: long enough to be worth a thread's while; five tiles of the kernels.
constexpr std::int64_t rows_of_piece_by_kernels = 480;

}  // namespace

at::Tensor gradient_by_kernels(const Network& network, const Samples& samples, const at::Tensor& rows,
                               const kernels::LossOptions& options, const at::Tensor& variance, ThreadPool& thread_pool,
                               at::ScalarType precision) {
  const PackedNetwork packed(network, precision);
  const kernels::NetworkKernels& kernels = packed.kernels();
  const at::Tensor observation = samples.observation.to(precision);  // itself, if a rollout left it
  const auto address = [](const at::Tensor& numbers) {
    return numbers.defined() ? numbers.const_data_ptr<float>() : nullptr;
  };
  const kernels::LossArrays arrays{observation.const_data_ptr(),
                                   address(samples.pre_squash),
                                   address(samples.log_prob),
                                   address(samples.advantage),
                                   address(samples.target),
                                   rows.defined() ? rows.const_data_ptr<std::int64_t>() : nullptr,
                                   address(variance),
                                   address(samples.teacher),
                                   address(samples.teacher_weight),
                                   samples.hidden.defined() ? samples.hidden.const_data_ptr() : nullptr};
  const Pieces pieces = few_pieces(count_of(samples, rows), rows_of_piece_by_kernels);
  const std::int64_t size = kernels.gradient_size(packed.plan());
  const at::Tensor gradients = at::empty({pieces.count(), size}, at::kFloat);
  const at::Tensor metrics = at::empty({pieces.count(), kernels::loss_metrics}, at::kFloat);
  auto* gradient = gradients.mutable_data_ptr<float>();
  thread_pool.parallel_for(pieces.count(), [&](std::int64_t piece) {
    kernels.loss_gradient(packed.plan(), packed.numbers(), options, arrays, pieces.first(piece),
                          pieces.first(piece + 1), gradient + piece * size,
                          metrics.mutable_data_ptr<float>() + piece * kernels::loss_metrics);
  });
  // The sums are the same in any slices.
  const Pieces slices{size, (size + thread_pool.threads() - 1) / thread_pool.threads()};
  thread_pool.parallel_for(slices.count(), [&](std::int64_t slice) {
    const std::int64_t end = slices.first(slice + 1);
    for (std::int64_t piece = 1; piece < pieces.count(); ++piece)
      for (std::int64_t i = slices.first(slice); i < end; ++i) gradient[i] += gradient[piece * size + i];
  });
  network.gradient.zero_();
  kernels.add_gradient(packed.plan(), gradient, network.gradient.mutable_data_ptr<float>());
  return metrics.sum(0);
}

}  // namespace matchday
