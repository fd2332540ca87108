// Work that a GPU does again and again, launched as one graph instead of operation by operation.
#pragma once

#include <ATen/core/Generator.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <memory>

namespace matchday {

/// Owns the recording of some work that is the same every time: the same operations, on the same tensors, without a
/// word to the host. What differs from time to time has to stand in tensors that are written before.
class CapturedWork {
 public:
  /// record: whether there is to be a recording, which only a CUDA device can make; else the work is simply done.
  /// generator: torch's, from which the work may draw besides the device's own.
  CapturedWork(bool record, at::Device device, const at::Generator& generator);
  ~CapturedWork();

  /// Does the work: the first time as it is, which lets libraries take their room; the second time it is recorded;
  /// from then on, and that time too, the recording is launched.
  void run(const std::function<void()>& work);

  /// The work has other tensors from now on: it is recorded anew.
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
