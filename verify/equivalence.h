// Is a backend equal to the reference core, bit for bit? Plays the same matches on both and compares everything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/reference/core.h"
#include "sim/simulator.h"

namespace matchday {

struct EquivalenceOptions {
  std::int64_t matches = 100;
  std::int64_t steps = 0;  ///< 0: whole matches and the first steps of the next ones
  std::uint64_t seed = 1;
  at::Device device = at::kCPU;
  std::vector<BackendKind> backends{};  ///< empty, and no backend of one's own: all that the device has
  BackendMaker own_backend{};           ///< a backend of one's own that is checked too
};

/// The first number that differs.
struct Mismatch {
  std::int64_t match;
  std::int64_t step;
  std::string field;
  std::int64_t index;  ///< within the match's numbers of that field
  double expected;     ///< the reference core's
  double actual;       ///< the backend's
};

struct EquivalenceReport {
  std::int64_t match_steps = 0;  ///< compared
  std::int64_t goals = 0;
  std::int64_t resets = 0;
  std::int64_t nonfinite_actions = 0;
  std::uint64_t signature = 0;  ///< a hash of every state that the reference core passed through

  std::optional<Mismatch> mismatch;
  std::string backend;            ///< the one that differs
  reference::GameState before{};  ///< the match that differs, before the step
  reference::Actions actions{};   ///< its players' actions in the step
};

/// Plays matches under a mixture of random, extreme, non-finite and ball-chasing actions on the reference core and on
/// the backends. After each step all states, rewards, termination flags, observations and counts of non-finite actions
/// must have the same bits. Finished matches are reset by mask. Stops at the first mismatch.
EquivalenceReport check_equivalence(const Rules& rules, const EquivalenceOptions& options);

/// The actions of one match at one step of that mixture: a pure function of its arguments.
reference::Actions mixed_actions(const Rules& rules, const reference::GameState& game, std::int64_t step);

}  // namespace matchday
