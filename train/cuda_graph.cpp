#include "train/cuda_graph.h"

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

struct CudaGraph::Recorder {
  at::Generator generator;
  c10::Stream stream;  ///< a side stream, since the default stream can't record
  bool warm = false;
  std::optional<at::cuda::CUDAGraph> graph{};

  /// Runs the work on the recorder's stream, ordered after earlier and before later launches on the current stream.
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
    at::getDeviceAllocator(at::kCUDA)->emptyCache();  // frees cached memory for the graph's own pool
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

  /// Ends the recording after the work threw; otherwise the stream and torch's allocator would go on recording.
  void give_up() {
    try {
      graph->capture_end();
    } catch (const c10::Error&) {  // NOLINT(bugprone-empty-catch): of a recording that the device had given up itself
    }
    graph.reset();
  }
};

CudaGraph::CudaGraph(bool record, at::Device device, const at::Generator& generator) {
  if (!record || !device.is_cuda()) return;
  recorder_.reset(
      new Recorder{generator, c10::impl::VirtualGuardImpl(at::kCUDA).getStreamFromGlobalPool(device, false)});
}

void CudaGraph::run(const std::function<void()>& work) {
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

void CudaGraph::forget() {
  if (recorder_) recorder_->graph.reset();
}

#else

struct CudaGraph::Recorder {};

CudaGraph::CudaGraph(bool, at::Device, const at::Generator&) {}
void CudaGraph::run(const std::function<void()>& work) { work(); }
void CudaGraph::forget() {}

#endif

CudaGraph::~CudaGraph() = default;

}  // namespace matchday
