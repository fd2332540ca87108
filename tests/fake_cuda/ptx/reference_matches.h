// B matches of the reference core, which write what they come to into the same arrays as the kernels.
#pragma once

#include <vector>

#include "kernels/match.h"
#include "rules/observation.h"
#include "sim/reference/core.h"

namespace matchday::ptx {

class ReferenceMatches {
 public:
  ReferenceMatches(const Rules& rules, std::uint64_t seed, const kernels::MatchArrays& arrays)
      : rules_(rules), arrays_(arrays), games_(static_cast<std::size_t>(arrays.matches)) {
    for (std::int64_t b = 0; b < arrays.matches; ++b) {
      game(b).key = {seed, static_cast<std::uint32_t>(arrays.match[b])};
      game(b).episode = arrays.episode[b];
    }
  }

  /// Starts the next match at every place, or where the mask is set.
  void start(const bool* mask) {
    for (std::int64_t b = 0; b < arrays_.matches; ++b)
      if (mask == nullptr || mask[b]) start(b);
  }

  void set_clock(std::int64_t b, std::int32_t clock) { arrays_.clock[b] = game(b).clock = clock; }

  /// As kernels/rollout_step.h, of actions that are drawn already.
  void play(const kernels::RolloutArrays& play) {
    for (std::int64_t b = 0; b < arrays_.matches; ++b) {
      reference::Actions actions{};
      for (std::int64_t team = 0; team < 2; ++team)
        for (std::int64_t k = 0; k < rules_.players; ++k) {
          const float* of_player = play.step.action + ((team * arrays_.matches + b) * rules_.players + k) * 4;
          actions[team][k] = {{of_player[0], of_player[1]}, {of_player[2], of_player[3]}};
        }
      const reference::Outcome outcome = reference::step(rules_, game(b), actions, *play.step.shaping);
      goals += outcome.state.score != game(b).score;
      ends += outcome.terminated;
      game(b) = outcome.state;
      play.step.reward[b] = outcome.reward;
      play.step.terminated[b] = outcome.terminated;
      *play.step.nonfinite_actions += outcome.nonfinite_actions;
      for (std::int64_t team = 0; team < 2 && play.score != nullptr; ++team)
        play.score[team * arrays_.matches + b] = outcome.state.score[team];
      if (outcome.terminated && play.autoreset) start(b);
      show(b);
    }
    if (play.step.observation != nullptr) observe(play.step.observation);
  }

  /// [2, B, D]
  void observe(float* to) const {
    for (const reference::Team team : {reference::team_a, reference::team_b})
      for (const reference::GameState& state : games_)
        for (float number : reference::observe(rules_, state, team)) *to++ = number;
  }

  /// [2, B, N, P]
  void observe_players(float* to) const {
    for (const reference::Team team : {reference::team_a, reference::team_b})
      for (const reference::GameState& state : games_)
        for (int k = 0; k < rules_.players; ++k)
          for (float number : reference::observe_player(rules_, state, team, k)) *to++ = number;
  }

  const reference::GameState& game(std::int64_t b) const { return games_[static_cast<std::size_t>(b)]; }

  std::int64_t goals = 0;
  std::int64_t ends = 0;

 private:
  reference::GameState& game(std::int64_t b) { return games_[static_cast<std::size_t>(b)]; }

  void start(std::int64_t b) {
    game(b) = reference::start(rules_, game(b).key, game(b).episode + 1);
    show(b);
  }

  /// Writes a match's state into the arrays.
  void show(std::int64_t b) const {
    const std::int64_t bodies = 2 * rules_.players + 1;
    for (std::int64_t k = 0; k < bodies; ++k) {
      const std::int64_t n = rules_.players;
      const reference::Body& body = k == 2 * n ? game(b).ball : game(b).players[k / n][k % n];
      const float numbers[] = {body.position.x, body.position.y, body.velocity.x, body.velocity.y};
      for (std::int64_t row = 0; row < 4; ++row) arrays_.bodies[(row * bodies + k) * arrays_.stride + b] = numbers[row];
    }
    arrays_.score[b] = game(b).score[0];
    arrays_.score[arrays_.score_stride + b] = game(b).score[1];
    arrays_.clock[b] = game(b).clock;
    arrays_.episode[b] = game(b).episode;
    arrays_.potential[b] = game(b).potential;
  }

  Rules rules_;
  kernels::MatchArrays arrays_;
  std::vector<reference::GameState> games_;
};

}  // namespace matchday::ptx
