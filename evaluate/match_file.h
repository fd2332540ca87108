// Match files: the start state and all actions of whole matches. Playing them again gives the same result.
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
  at::Tensor match;             ///< int64 [M]: match indices, which with the seed decide all kick-offs
  MatchState start;             ///< float32, int32; of M matches
  at::Tensor action{};          ///< float32 [T, 2, M, N, 4], as Simulator::step takes them
  at::Tensor signature{};       ///< int64 [T]: hash of the state's bits after each step
  at::Tensor score{};           ///< int32 [2, M]: the result
  std::string written_by = {};  ///< version of the program that wrote the file, if read from one

  std::int64_t matches() const { return match.size(0); }
  std::int64_t steps() const { return action.size(0); }
};

/// Plays the first `matches` whole matches of a seed on the CPU, and records them.
RecordedMatches record_matches(const Rules& rules, const Policy& a, const Policy& b, std::uint64_t seed,
                               std::int64_t matches);

/// A simulator with the matches in their recorded start state.
Simulator recorded_start(const RecordedMatches& recorded, at::Device device,
                         BackendKind backend = BackendKind::automatic);

/// The matches at these places, int64 [m].
RecordedMatches selected(const RecordedMatches& recorded, const at::Tensor& places);

/// Joins recordings of the same two teams, at least one.
RecordedMatches joined(const std::vector<RecordedMatches>& parts);

/// Plays the recording once, and stores its signatures and results.
void sign(RecordedMatches& recorded);

/// Replays the recording. Returns the first step, counted from 0, after which the state's bits differ; nothing: all are
/// equal.
std::optional<std::int64_t> first_difference(const RecordedMatches& recorded, at::Device device, BackendKind backend);

/// "3 matches of 180 steps, trained against role, arena, 5 a side, 4 - 2 goals".
std::string summary(const RecordedMatches& recorded);

/// Whether a file is a match file, by its metadata. Throws BadInput if it can't be read.
bool holds_matches(const std::string& path);

/// Writes a safetensors file, whole or not at all. Throws BadInput.
void save_matches(const std::string& path, const RecordedMatches& recorded);

/// Reads a match file onto the CPU. Throws BadInput with one sentence if the file is no match file, is corrupt or has a
/// newer format.
RecordedMatches load_matches(const std::string& path);

}  // namespace matchday
