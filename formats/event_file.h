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

/// Owns a file events.out.tfevents.* in a folder. The first add() creates both.
class EventFile {
 public:
  /// Makes TensorBoard discard other files' events from `step` on: a resumed run writes them again.
  EventFile(std::filesystem::path folder, std::int64_t step);

  /// Writes named numbers at a step and flushes the file. Throws BadInput.
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
