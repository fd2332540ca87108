#include "train/figure_reader.h"

#include <ATen/ATen.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>

namespace matchday {

double figure(const Figures& figures, const std::string& name) {
  const auto found = std::find_if(figures.begin(), figures.end(), [&](const auto& row) { return row.first == name; });
  return found == figures.end() ? 0.0 : found->second;
}

std::optional<FigureRow> FigureReader::exchange(FigureRow row) {
  if (!late_) {
    row.numbers = row.numbers.cpu();
    return row;
  }
  std::optional<FigureRow> before = last();
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

std::optional<FigureRow> FigureReader::last() {
  if (arrived_) arrived_->synchronize();
  arrived_.reset();
  return std::exchange(pending_, std::nullopt);
}

}  // namespace matchday
