#include "sim/reference_backend.h"

#include <ATen/ATen.h>

#include <vector>

#include "rules/observation.h"
#include "sim/match_state.h"
#include "sim/reference/core.h"
#include "sim/reference/normal.h"
#include "sim/reference_states.h"

namespace matchday {
namespace {

/// Each call turns the matches' tensors into values and back.
class ReferenceBackend final : public Backend {
 public:
  using Backend::Backend;

  std::string name() const override { return "reference"; }

  std::shared_ptr<const Backend> part(std::int64_t first, std::int64_t count) const override {
    return make_reference_backend(setup_of_part(first, count));
  }

  void start(const MatchState& state, const at::Tensor& mask) const override {
    std::vector<reference::GameState> games = games_of(state);
    for (std::size_t b = 0; b < games.size(); ++b)
      if (!mask.defined() || mask.accessor<bool, 1>()[static_cast<std::int64_t>(b)])
        games[b] = reference::start(rules(), games[b].key, games[b].episode + 1);
    overwrite(state, to_match_state(rules(), games));
  }

  void step(const MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
            const at::Tensor& nonfinite_actions, const StepResult& into) const override {
    std::vector<reference::GameState> games = games_of(state);
    const float weight = shaping.item<float>();
    auto reward = into.reward.accessor<float, 1>();
    auto terminated = into.terminated.accessor<bool, 1>();
    std::int64_t nonfinite = 0;
    for (std::size_t k = 0; k < games.size(); ++k) {
      const auto b = static_cast<std::int64_t>(k);
      const reference::Outcome outcome = reference::step(rules(), games[k], to_actions(rules(), action, b), weight);
      games[k] = outcome.state;
      reward[b] = outcome.reward;
      terminated[b] = outcome.terminated;
      nonfinite += outcome.nonfinite_actions;
    }
    nonfinite_actions.add_(nonfinite);
    overwrite(state, to_match_state(rules(), games));
    if (into.observation.defined()) into.observation.copy_(observe(state));
  }

  at::Tensor observe(const MatchState& state) const override {
    std::vector<float> numbers;
    const std::vector<reference::GameState> games = games_of(state);
    for (const reference::Team team : {reference::team_a, reference::team_b})
      for (const reference::GameState& game : games) append(numbers, reference::observe(rules(), game, team));
    return at::tensor(numbers).view({2, state.clock.size(0), -1});
  }

  at::Tensor observe_players(const MatchState& state) const override {
    std::vector<float> numbers;
    const std::vector<reference::GameState> games = games_of(state);
    for (const reference::Team team : {reference::team_a, reference::team_b})
      for (const reference::GameState& game : games)
        for (int player = 0; player < rules().players; ++player)
          append(numbers, reference::observe_player(rules(), game, team, player));
    return at::tensor(numbers).view({2, state.clock.size(0), rules().players, -1});
  }

  at::Tensor noise(const MatchState& state, std::int64_t first_slot) const override {
    std::vector<float> numbers;
    const std::vector<reference::GameState> games = games_of(state);
    for (int team = 0; team < 2; ++team)
      for (const reference::GameState& game : games)
        for (int player = 0; player < rules().players; ++player) {
          const auto slot = static_cast<std::uint32_t>(first_slot + team * rules().players + player);
          const std::array<float, 4> four = reference::normals(game.key, game.episode, game.clock, slot);
          numbers.insert(numbers.end(), four.begin(), four.end());
        }
    return at::tensor(numbers).view({2, state.clock.size(0), rules().players, action_size});
  }

 private:
  static void append(std::vector<float>& numbers, const std::vector<float>& seen) {
    numbers.insert(numbers.end(), seen.begin(), seen.end());
  }

  std::vector<reference::GameState> games_of(const MatchState& state) const {
    return to_game_states(rules(), state, seed(), match());
  }
};

}  // namespace

std::shared_ptr<const Backend> make_reference_backend(const operators::MatchSetup& setup) {
  return std::make_shared<ReferenceBackend>(setup);
}

}  // namespace matchday
