// Repeated GPU work, launched as one CUDA graph instead of operation by operation.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <memory>

namespace matchday {

/// Owns a CUDA graph of work that is the same every time: the same operations on the same tensors, without
/// synchronising with the host. Inputs that vary must be written into tensors beforehand.
class CudaGraph {
 public:
  /// record: whether to record a graph, which only a CUDA device can; otherwise `run` just calls the work.
  /// generator: a torch generator from which the work may draw besides the device's default one.
  CudaGraph(bool record, at::Device device, const at::Generator& generator);
  ~CudaGraph();

  /// Does the work. The first call runs it directly, so that libraries allocate their workspaces. The second call
  /// records the graph and launches it; later calls only launch it.
  void run(const std::function<void()>& work);

  /// Drops the graph, because the work will use other tensors; the next run() records it anew.
  void forget();

  /// How many recordings were made, and how often one of them was launched.
  std::int64_t recordings() const { return recordings_; }
  std::int64_t launches() const { return launches_; }

 private:
  struct Recorder;

  std::unique_ptr<Recorder> recorder_;  ///< null: nothing is recorded
  std::int64_t recordings_ = 0;
  std::int64_t launches_ = 0;
};

}  // namespace matchday
