#include "train/metrics_reader.h"

#include <ATen/ATen.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>

namespace matchday {

std::optional<MetricsRow> MetricsReader::exchange(MetricsRow row) {
  if (!late_) {
    row.numbers = row.numbers.cpu();
    return row;
  }
  std::optional<MetricsRow> before = last();
  if (row.numbers.is_cuda()) {
    const at::Tensor on_device = row.numbers;
    row.numbers = at::empty(on_device.sizes(), at::TensorOptions(on_device.scalar_type()).pinned_memory(true));
    row.numbers.copy_(on_device, /*non_blocking=*/true);
    arrived_.emplace(at::kCUDA);
    arrived_->record(c10::impl::VirtualGuardImpl(at::kCUDA).getStream(on_device.device()));
  }
  pending_ = std::move(row);
  return before;
}

std::optional<MetricsRow> MetricsReader::last() {
  if (arrived_) arrived_->synchronize();
  arrived_.reset();
  return std::exchange(pending_, std::nullopt);
}

}  // namespace matchday
