#include "train/figure_reader.h"

#include <ATen/ATen.h>

#include <algorithm>

#ifdef MATCHDAY_WITH_CUDA
#include <ATen/cuda/CUDAEvent.h>
#endif

namespace matchday {

#ifdef MATCHDAY_WITH_CUDA
struct FigureReader::Event {
  at::cuda::CUDAEvent event;
};
#else
struct FigureReader::Event {};
#endif

double figure(const Figures& figures, const std::string& name) {
  const auto found = std::find_if(figures.begin(), figures.end(), [&](const auto& row) { return row.first == name; });
  return found == figures.end() ? 0.0 : found->second;
}

FigureReader::FigureReader(bool late) : late_(late) {}
FigureReader::~FigureReader() = default;

std::optional<FigureRow> FigureReader::exchange(FigureRow row) {
  if (!late_) {
    row.numbers = row.numbers.cpu();
    return row;
  }
  std::optional<FigureRow> before = last();
#ifdef MATCHDAY_WITH_CUDA
  if (row.numbers.is_cuda()) {
    const at::Tensor on_device = row.numbers;
    row.numbers = at::empty(on_device.sizes(), at::TensorOptions(on_device.scalar_type()).pinned_memory(true));
    row.numbers.copy_(on_device, /*non_blocking=*/true);
    arrived_ = std::make_unique<Event>();
    arrived_->event.record();
  }
#endif
  pending_ = std::move(row);
  return before;
}

std::optional<FigureRow> FigureReader::last() {
#ifdef MATCHDAY_WITH_CUDA
  if (arrived_) arrived_->event.synchronize();
#endif
  arrived_.reset();
  return std::exchange(pending_, std::nullopt);
}

}  // namespace matchday
