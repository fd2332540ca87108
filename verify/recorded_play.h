// Checks that matchday plays FootyAI as the original programs did, against play recorded from them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "rules/rules.h"
#include "sim/match_state.h"
#include "verify/equivalence.h"

namespace matchday {

/// The tensors of a file of recorded play: whole matches of `footyai-v1` or `footyai-v2`, origin at the pitch's corner.
using RecordedPlay = std::map<std::string, at::Tensor>;

/// Numbers may differ by this from the recorded ones, since the originals rounded differently. A kick, a bounce or a
/// goal may come out differently only where a distance below this, u, decided it.
inline constexpr double recorded_tolerance = 1e-4;

struct RecordedReport {
  std::int64_t steps = 0;                     ///< compared, over all matches
  std::int64_t near_threshold = 0;            ///< of them, steps where less than the tolerance decided something
  std::int64_t near_threshold_differing = 0;  ///< of those, steps that came out differently
  std::map<std::string, double> worst_error;  ///< of each field, without steps near a threshold
  std::optional<Mismatch> mismatch;  ///< the first error beyond the tolerance; its `step` counts the steps played
};

/// Plays one step from every recorded state, so that rounding does not pile up, and compares the result with the next
/// recorded state. Throws BadInput, naming the tensor, if the recording does not fit these rules.
RecordedReport check_recorded_play(const Rules& rules, const RecordedPlay& recording, at::Device device = at::kCPU);

/// The T recorded steps of M matches as steps of B = T * M matches; step t of match m is number t * M + m.
struct RecordedSteps {
  MatchState from;     ///< the states before each step
  at::Tensor action;   ///< float32 [2, B, N, 4]
  at::Tensor shaping;  ///< float32 []
};
RecordedSteps recorded_steps(const Rules& rules, const RecordedPlay& recording);

}  // namespace matchday
