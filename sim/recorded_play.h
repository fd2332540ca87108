// Does matchday play FootyAI as its original did? Compared with play recorded from the original programs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "rules/rules.h"
#include "sim/equivalence.h"
#include "sim/match_state.h"

namespace matchday {

/// What a file of recorded play holds: whole matches of `footyai-v1` or `footyai-v2`, the origin in the pitch's corner.
using Recording = std::map<std::string, at::Tensor>;

/// Numbers may differ by this from the recorded ones, since the originals rounded otherwise. A kick, a wall or a goal
/// may come out otherwise only where it was decided by a smaller distance than this, u.
inline constexpr double recorded_tolerance = 1e-4;

struct RecordedReport {
  std::int64_t steps = 0;                     ///< compared, over all matches
  std::int64_t near_threshold = 0;            ///< of them, those that something decided by less than the tolerance
  std::int64_t near_threshold_differing = 0;  ///< of those, the ones that came out otherwise
  std::map<std::string, double> worst_error;  ///< of each field, but for steps near a threshold
  std::optional<Mismatch> mismatch;  ///< the first of them beyond the tolerance; its step counts the steps played
};

/// Steps from every recorded state, so that rounding does not pile up, and compares all that follows with what followed
/// there. Throws BadInput, naming the tensor, if the recording is not one of these rules.
RecordedReport check_recorded_play(const Rules& rules, const Recording& recording, at::Device device = at::kCPU);

/// The T recorded steps of M matches as steps of B = T * M matches; step t of match m is number t * M + m.
struct RecordedSteps {
  MatchState from;     ///< the states before each step
  at::Tensor action;   ///< float32 [2, B, N, 4]
  at::Tensor shaping;  ///< float32 []
};
RecordedSteps recorded_steps(const Rules& rules, const Recording& recording);

}  // namespace matchday
