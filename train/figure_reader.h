// How an iteration's figures come from the device to the host.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace matchday {

/// What an iteration was like: named numbers, in the order in which they are logged.
using Figures = std::vector<std::pair<std::string, double>>;

/// The figure of that name, or 0 if the algorithm has none.
double figure(const Figures& figures, const std::string& name);

/// An iteration's figures: what the host knows, and what the device does.
struct FigureRow {
  Figures known;
  std::vector<std::string> names;  ///< of the numbers that are logged, the first ones
  at::Tensor numbers;              ///< float32 [n]
  std::int64_t opponents = 0;      ///< which choice of opponents they tell of
};

/// On a CPU figures are there when they are asked for. On a GPU the host would have to wait for them; so it gets those
/// of the iteration before while the device works on this one.
class FigureReader {
 public:
  /// late: gives the row before.
  explicit FigureReader(bool late) : late_(late) {}

  /// Takes a row and gives one whose numbers are on the host; nothing if it is the first and late.
  std::optional<FigureRow> exchange(FigureRow row);

  /// The row that was taken last, if it has not been given yet. Waits for it.
  std::optional<FigureRow> last();

 private:
  bool late_;
  std::optional<FigureRow> pending_;
  std::optional<c10::Event> arrived_;  ///< the pending row's numbers, on a GPU
};

}  // namespace matchday
