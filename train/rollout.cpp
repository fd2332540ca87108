#include "train/rollout.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

#include "rules/observation.h"

namespace matchday {
namespace {

/// Matches of a block on a CPU: whole lanes of the kernels, so many that calls don't count, so few that what a step
/// reads and writes stays near the core.
constexpr std::int64_t least_matches = 16;
constexpr std::int64_t most_matches = 64;

/// Blocks for each thread, so that one who is kept from working holds nobody up for long.
constexpr std::int64_t blocks_of_thread = 2;

std::int64_t matches_of_block(std::int64_t matches, int threads) {
  const std::int64_t share = matches / (blocks_of_thread * threads) / least_matches * least_matches;
  return std::clamp(share, least_matches, most_matches);
}

/// Copies `count` rows of so many numbers, from row `first` of one contiguous tensor to row `place` of another.
void copy_rows(const at::Tensor& from, std::int64_t first, const at::Tensor& to, std::int64_t place, std::int64_t count,
               std::int64_t numbers) {
  if (to.is_cpu()) {  // torch's bookkeeping would take longer than the copy
    const auto row = static_cast<std::int64_t>(from.element_size()) * numbers;
    std::memcpy(static_cast<char*>(to.mutable_data_ptr()) + place * row,
                static_cast<const char*>(from.const_data_ptr()) + first * row, static_cast<std::size_t>(count * row));
    return;
  }
  to.view({-1, numbers}).narrow(0, place, count).copy_(from.view({-1, numbers}).narrow(0, first, count));
}

}  // namespace

Rollout::Rollout(Simulator& simulator, Opponents& opponents, Workers& workers, const NetworkOptions& network,
                 const RolloutOptions& options)
    : simulator_(simulator),
      opponents_(opponents),
      workers_(workers),
      network_(network),
      shape_(network_shape(simulator.rules(), network)),
      options_(options) {
  const std::int64_t steps = options.steps;
  const std::int64_t matches = simulator.matches();
  const std::int64_t sides = opponents.learning_sides();
  const at::TensorOptions floats = at::TensorOptions(simulator.device()).dtype(at::kFloat);
  trajectory_.observation = at::empty({steps, sides, shape_.rows, shape_.inputs}, floats);
  trajectory_.pre_squash = at::empty({steps, sides, shape_.rows, shape_.outputs}, floats);
  trajectory_.log_prob = at::empty({steps, sides, shape_.rows}, floats);
  if (options.asks_critic) trajectory_.expected = at::empty({steps + 1, sides, shape_.rows}, floats);
  trajectory_.reward = at::empty({steps, matches}, floats);
  trajectory_.terminated = at::empty({steps, matches}, floats.dtype(at::kBool));
  trajectory_.score = at::empty({steps, 2, matches}, floats.dtype(at::kInt));

  if (!simulator.device().is_cpu()) {
    blocks_.push_back(make_block({0, matches}, everybody));
    return;
  }
  const std::int64_t most = matches_of_block(matches, workers.threads());
  const std::vector<Stretch> stretches = opponents.stretches();
  for (std::size_t k = 0; k < stretches.size(); ++k) {
    const Range& range = stretches[k].matches;
    for (std::int64_t first = 0; first < range.count; first += most)
      blocks_.push_back(make_block({range.first + first, std::min(most, range.count - first)}, k));
  }
}

Rollout::Block Rollout::make_block(Range matches, std::size_t stretch) const {
  const std::int64_t b = matches.count;
  const std::int64_t players = simulator_.rules().players;
  const at::TensorOptions floats = at::TensorOptions(simulator_.device()).dtype(at::kFloat);
  const std::vector<std::int64_t> decided{2, b, shape_.rows, shape_.outputs};
  const std::vector<std::int64_t> done{2, b, players, action_size};
  const at::Tensor observation = at::empty({2, b, shape_.rows, shape_.inputs}, floats);
  return {matches,
          stretch,
          simulator_.part(matches.first, b),
          observation,
          // Zero: nobody decides for a bot's players, but all are drawn.
          {network_.head == "squashed" ? Squash::tanh : Squash::none, at::zeros(decided, floats),
           at::zeros(decided, floats)},
          at::empty({2, b, shape_.rows}, floats),
          at::empty({2, b, shape_.rows}, floats),
          {at::empty(done, floats), at::empty(done, floats), at::empty({2, b, players}, floats), at::empty({b}, floats),
           at::empty({b}, floats.dtype(at::kBool)), at::empty({2, b}, floats.dtype(at::kInt)), observation}};
}

const Trajectory& Rollout::play(const Networks& networks, const at::Tensor& shaping) {
  const at::NoGradGuard no_gradient;
  Deciders deciders{networks, opponents_.stretches()};
  if (simulator_.device().is_cpu()) {
    for (const Network& network : networks) deciders.learning.emplace_back(network);
    for (const Stretch& stretch : deciders.stretches)
      deciders.opponents.emplace_back(stretch.member != nullptr ? *stretch.member : networks.back());
  }
  const at::Tensor goals_before = simulator_.state().score.sum();
  workers_.share_out(static_cast<std::int64_t>(blocks_.size()), [&](std::int64_t k) {
    const at::NoGradGuard no_gradient_here;
    play(blocks_[static_cast<std::size_t>(k)], deciders, shaping);
  });
  trajectory_.goals = simulator_.state().score.sum() - goals_before;
  if (options_.next_match_at_once) trajectory_.goals += (trajectory_.score * trajectory_.terminated.unsqueeze(1)).sum();
  opponents_.count(trajectory_.score, trajectory_.terminated);
  return trajectory_;
}

void Rollout::play(Block& block, const Deciders& deciders, const at::Tensor& shaping) const {
  const std::int64_t first = block.matches.first;
  const std::int64_t b = block.matches.count;
  const std::int64_t matches = simulator_.matches();
  const native::Played& played = block.played;
  PlayOptions options{{}, shaping, options_.next_match_at_once};
  block.observation.copy_(observe(block.simulator, network_));
  for (std::int64_t t = 0; t < options_.steps; ++t) {
    // 1. What is seen, what everybody makes of it, and what the critic expects.
    keep(block, block.observation, trajectory_.observation, t);
    decide(block, deciders);
    if (options_.asks_critic) expect(block, deciders, t);
    options.scripted = act_for_bots(block, deciders);

    // 2. What comes of it; what is seen then takes the place of what was seen.
    matchday::play(block.simulator, network_, block.distribution, options, played);
    keep(block, played.pre_squash, trajectory_.pre_squash, t);
    if (shape_.rows == 1) at::sum_out(block.log_prob, played.log_prob, -1, true);
    keep(block, shape_.rows == 1 ? block.log_prob : played.log_prob, trajectory_.log_prob, t);
    copy_rows(played.reward, 0, trajectory_.reward, t * matches + first, b, 1);
    copy_rows(played.terminated, 0, trajectory_.terminated, t * matches + first, b, 1);
    for (const std::int64_t team : {0, 1})
      copy_rows(played.score, team * b, trajectory_.score, (2 * t + team) * matches + first, b, 1);
  }
  if (options_.asks_critic) expect(block, deciders, options_.steps);
}

std::int64_t Rollout::sides_of_b(const Block& block) const {
  const std::int64_t self_play = opponents_.learning_sides() - simulator_.matches();
  return std::clamp<std::int64_t>(self_play - block.matches.first, 0, block.matches.count);
}

void Rollout::decide(const Block& block, const Deciders& deciders) const {
  const ActionDistribution& all = block.distribution;
  if (block.stretch == everybody) {
    const at::Tensor observation = block.observation.flatten(0, 1);
    const auto write = [&](const ActionDistribution& own, std::int64_t side, std::int64_t count) {
      all.mean.flatten(0, 1).narrow(0, side, count).copy_(own.mean);
      all.log_std.flatten(0, 1).narrow(0, side, count).copy_(own.log_std);
    };
    const std::int64_t learning = opponents_.learning_sides();
    const std::int64_t of_network = learning / static_cast<std::int64_t>(deciders.networks.size());
    std::int64_t side = 0;
    for (const Network& network : deciders.networks) {
      write(matchday::decide(network, observation.narrow(0, side, of_network)), side, of_network);
      side += of_network;
    }
    const std::int64_t others = observation.size(0) - learning;
    if (others > 0) write(opponents_.decide(observation.narrow(0, learning, others)), learning, others);
    return;
  }
  const std::int64_t rows = block.matches.count * shape_.rows;  // of a team
  const auto decide_for = [&](const PackedNetwork& network, std::int64_t team, std::int64_t teams) {
    network.decide(block.observation.const_data_ptr<float>() + team * rows * shape_.inputs, teams * rows,
                   all.mean.mutable_data_ptr<float>() + team * rows * shape_.outputs,
                   all.log_std.mutable_data_ptr<float>() + team * rows * shape_.outputs);
  };
  const Stretch& stretch = deciders.stretches[block.stretch];
  const bool against_itself = stretch.member == nullptr && stretch.bot == nullptr;
  decide_for(deciders.learning.front(), 0, against_itself && deciders.learning.size() == 1 ? 2 : 1);
  if (against_itself && deciders.learning.size() == 2) decide_for(deciders.learning.back(), 1, 1);
  if (stretch.member != nullptr) decide_for(deciders.opponents[block.stretch], 1, 1);
}

void Rollout::expect(const Block& block, const Deciders& deciders, std::int64_t step) const {
  const std::int64_t rows = block.matches.count * shape_.rows;
  for (const std::int64_t team : {0, 1}) {
    const std::int64_t sides = team == 0 ? block.matches.count : sides_of_b(block);
    if (sides == 0) continue;
    const auto n = deciders.networks.size() == 2 ? static_cast<std::size_t>(team) : 0;
    if (block.stretch == everybody)
      block.expected[team]
          .narrow(0, 0, sides)
          .copy_(expected_return(deciders.networks[n], block.observation[team].narrow(0, 0, sides)));
    else
      deciders.learning[n].expected_return(block.observation.const_data_ptr<float>() + team * rows * shape_.inputs,
                                           rows, block.expected.mutable_data_ptr<float>() + team * rows);
  }
  keep(block, block.expected, trajectory_.expected, step);
}

at::Tensor Rollout::act_for_bots(const Block& block, const Deciders& deciders) const {
  if (block.stretch == everybody) return opponents_.act(block.simulator);
  const Policy* bot = deciders.stretches[block.stretch].bot;
  return bot == nullptr ? at::Tensor() : bot->act({block.simulator, 1, 0, block.matches.count}).contiguous();
}

void Rollout::keep(const Block& block, const at::Tensor& of_sides, const at::Tensor& store, std::int64_t step) const {
  const std::int64_t first = store.size(1) * step + block.matches.first;
  const std::int64_t numbers = store[0][0].numel();
  copy_rows(of_sides, 0, store, first, block.matches.count, numbers);
  copy_rows(of_sides, block.matches.count, store, first + simulator_.matches(), sides_of_b(block), numbers);
}

}  // namespace matchday
