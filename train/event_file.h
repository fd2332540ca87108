// Numbers in the form that TensorBoard reads: a file of records, each an Event message of its protocol buffers
// (https://github.com/tensorflow/tensorboard, event.proto, and TensorFlow's TFRecord).
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace matchday {

/// Owns a file events.out.tfevents.* in a folder, which both are there when there is something to tell.
class EventFile {
 public:
  /// What other files of the folder tell of `step` and later is void: a run that goes on from there tells it again.
  EventFile(std::filesystem::path folder, std::int64_t step);

  /// Adds named numbers at a step, at once. Throws BadInput.
  void add(std::int64_t step, const std::vector<std::pair<std::string, double>>& numbers);

 private:
  void begin();
  void write(std::string_view event);

  std::filesystem::path folder_;
  std::int64_t first_step_;
  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace matchday
