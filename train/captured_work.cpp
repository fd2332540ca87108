#include "train/captured_work.h"

#ifdef MATCHDAY_WITH_CUDA
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <optional>
#endif

namespace matchday {

#ifdef MATCHDAY_WITH_CUDA

struct CapturedWork::Recorder {
  at::Generator generator;
  c10::cuda::CUDAStream stream;  ///< nothing can be recorded on the default one
  bool warm = false;
  std::optional<at::cuda::CUDAGraph> graph{};

  /// Runs the work on the recorder's stream, after what was launched before and before what is launched next.
  void run_aside(const std::function<void()>& work) const {
    const c10::cuda::CUDAStream current = c10::cuda::getCurrentCUDAStream(stream.device_index());
    at::cuda::CUDAEvent event;
    event.record(current);
    event.block(stream);
    {
      const c10::cuda::CUDAStreamGuard guard(stream);
      work();
    }
    event.record(stream);
    event.block(current);
  }

  void record(const std::function<void()>& work) {
    c10::cuda::CUDACachingAllocator::emptyCache();  // a recording has memory of its own
    run_aside([&] {
      graph.emplace();
      graph->register_generator_state(generator);
      graph->capture_begin();
      work();
      graph->capture_end();
    });
  }
};

CapturedWork::CapturedWork(bool record, at::Device device, const at::Generator& generator) {
  if (!record || !device.is_cuda()) return;
  recorder_.reset(new Recorder{generator, c10::cuda::getStreamFromPool(false, device.index())});
}

void CapturedWork::run(const std::function<void()>& work) {
  if (!recorder_) return work();
  if (!recorder_->warm) {
    recorder_->run_aside(work);
    recorder_->warm = true;
    return;
  }
  if (!recorder_->graph) recorder_->record(work);
  recorder_->graph->replay();
}

void CapturedWork::forget() {
  if (recorder_) recorder_->graph.reset();
}

#else

struct CapturedWork::Recorder {};

CapturedWork::CapturedWork(bool, at::Device, const at::Generator&) {}
void CapturedWork::run(const std::function<void()>& work) { work(); }
void CapturedWork::forget() {}

#endif

CapturedWork::~CapturedWork() = default;

}  // namespace matchday
