#include "train/captured_work.h"

#ifdef MATCHDAY_WITH_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <optional>
#endif

namespace matchday {

#ifdef MATCHDAY_WITH_CUDA

struct CapturedWork::Recorder {
  at::Generator generator;
  c10::Stream stream;  ///< nothing can be recorded on the default one
  bool warm = false;
  std::optional<at::cuda::CUDAGraph> graph{};

  /// Runs the work on the recorder's stream, after what was launched before and before what is launched next.
  void run_aside(const std::function<void()>& work) const {
    const c10::Stream current = c10::impl::VirtualGuardImpl(at::kCUDA).getStream(stream.device());
    c10::Event event(at::kCUDA);
    event.record(current);
    event.block(stream);
    {
      const c10::StreamGuard guard(stream);
      work();
    }
    event.record(stream);
    event.block(current);
  }

  void record(const std::function<void()>& work) {
    at::getDeviceAllocator(at::kCUDA)->emptyCache();  // a recording has memory of its own
    run_aside([&] {
      graph.emplace();
      graph->register_generator_state(generator);
      graph->capture_begin();
      try {
        work();
      } catch (...) {
        give_up();
        throw;
      }
      graph->capture_end();
    });
  }

  /// Ends a recording whose work threw; until then the stream and torch's allocator go on recording whatever comes.
  void give_up() {
    try {
      graph->capture_end();
    } catch (const c10::Error&) {  // NOLINT(bugprone-empty-catch): of a recording that the device had given up itself
    }
    graph.reset();
  }
};

CapturedWork::CapturedWork(bool record, at::Device device, const at::Generator& generator) {
  if (!record || !device.is_cuda()) return;
  recorder_.reset(
      new Recorder{generator, c10::impl::VirtualGuardImpl(at::kCUDA).getStreamFromGlobalPool(device, false)});
}

void CapturedWork::run(const std::function<void()>& work) {
  if (!recorder_) return work();
  if (!recorder_->warm) {
    recorder_->run_aside(work);
    recorder_->warm = true;
    return;
  }
  if (!recorder_->graph) {
    recorder_->record(work);
    ++recordings_;
  }
  recorder_->graph->replay();
  ++launches_;
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
