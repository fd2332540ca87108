// Whole matches in a file: how they began and what everybody did. Whoever plays them again comes to the same end.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "rules/rules.h"
#include "sim/simulator.h"

namespace matchday {

/// M matches of T steps between the same two teams.
struct RecordedMatches {
  Rules rules;
  std::string team_a;
  std::string team_b;
  std::uint64_t seed = 1;
  at::Tensor match;             ///< int64 [M]: their indices, which with the seed decide all kick-offs
  MatchState start;             ///< float32, int32; of M matches
  at::Tensor action{};          ///< float32 [T, 2, M, N, 4], as Simulator::step takes them
  at::Tensor signature{};       ///< int64 [T]: of the state after each step, its bits
  at::Tensor score{};           ///< int32 [2, M]: the result
  std::string written_by = {};  ///< version of the program, if it was read from a file

  std::int64_t matches() const { return match.size(0); }
  std::int64_t steps() const { return action.size(0); }
};

/// Plays the first `matches` whole matches of a seed on the CPU, and records them.
RecordedMatches record_matches(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed,
                               std::int64_t matches);

/// The matches as they are put on the pitch again.
Simulator recorded_start(const RecordedMatches& recorded, at::Device device, Backend backend = Backend::automatic);

/// The matches at these places, int64 [m].
RecordedMatches selected(const RecordedMatches& recorded, const at::Tensor& places);

/// Several recordings of the same two teams as one; at least one.
RecordedMatches joined(const std::vector<RecordedMatches>& parts);

/// Plays all of it once, and notes signatures and results.
void sign(RecordedMatches& recorded);

/// What a replay found: the first step after which a state's bits are others, counted from 0; nothing: equal to the
/// end.
std::optional<std::int64_t> first_difference(const RecordedMatches& recorded, at::Device device, Backend backend);

/// "3 matches of 180 steps, trained against role, arena, 5 a side, 4 - 2 goals".
std::string summary(const RecordedMatches& recorded);

/// Whether a file is one of matches, by its metadata. Throws BadInput if it can't be read.
bool holds_matches(const std::string& path);

/// Writes a safetensors file, whole or not at all. Throws BadInput.
void save_matches(const std::string& path, const RecordedMatches& recorded);

/// Reads one onto the CPU. Throws BadInput with one sentence if the file is not one, is spoilt, or is of a later
/// format.
RecordedMatches load_matches(const std::string& path);

}  // namespace matchday
