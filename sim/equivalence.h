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
  std::vector<Backend> backends{};  ///< none named: all that the device has
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
  std::int64_t bad_numbers = 0;
  std::uint64_t signature = 0;  ///< a hash of every state that the reference core passed through

  std::optional<Mismatch> mismatch;
  std::string backend;            ///< whose mismatch it is
  reference::GameState before{};  ///< that match before the step
  reference::Actions actions{};   ///< and what its players did
};

/// The backends that play on a device.
std::vector<Backend> backends_on(at::Device device);
std::string backend_name(Backend backend);

/// Plays matches under a mixture of random, extreme, non-finite and ball-chasing actions on the reference core and on
/// the backends. After each step all states, rewards, ends, observations and counts of bad numbers must have the
/// same bits. Matches that are over are reset by mask. Stops at the first mismatch.
EquivalenceReport check_equivalence(const Rules& rules, const EquivalenceOptions& options);

/// The actions of one match at one step in such a mixture; depends on nothing but its arguments.
reference::Actions mixed_actions(const Rules& rules, const reference::GameState& game, std::int64_t step);

}  // namespace matchday
