// Copies an iteration's metrics from the device to the host.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>

#include <optional>
#include <string>
#include <vector>

#include "formats/metrics.h"

namespace matchday {

/// An iteration's metrics: those that the host knows, and those that are on the device.
struct MetricsRow {
  Metrics known;
  std::vector<std::string> names;  ///< of the logged numbers, which come first
  at::Tensor numbers;              ///< float32 [n]
  std::int64_t opponents = 0;      ///< which choice of opponents they belong to
};

/// On a CPU metrics are available at once. On a GPU the host would have to wait for them; instead it gets those of the
/// previous iteration while the device works on the present one.
class MetricsReader {
 public:
  /// late: exchange() returns the previous row.
  explicit MetricsReader(bool late) : late_(late) {}

  /// Takes a row and returns one whose numbers are on the host; nothing at the first call if late.
  std::optional<MetricsRow> exchange(MetricsRow row);

  /// The row that was taken last, if it has not been returned yet. Waits for it.
  std::optional<MetricsRow> last();

 private:
  bool late_;
  std::optional<MetricsRow> pending_;
  std::optional<c10::Event> arrived_;  ///< signals that the pending row's numbers are on the host; GPU only
};

}  // namespace matchday
