#include "train/rollout.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

#include "policy/network_plan.h"
#include "rules/observation.h"

namespace matchday {
namespace {

/// Matches of a block on a CPU: whole SIMD vectors; enough matches that a network's weights are read for many rows at a
/// time, few enough that a step's data stays in the core's caches, and at least one block for each thread.
std::int64_t matches_of_block(std::int64_t matches, int threads) {
  constexpr std::int64_t lane = 16;
  constexpr std::int64_t most = 64;
  return std::clamp(matches / threads / lane * lane, lane, most);
}

/// Copies `count` rows of `numbers` numbers from row `first` of one contiguous tensor to row `place` of another, whose
/// type may round them.
void copy_rows(const at::Tensor& from, std::int64_t first, const at::Tensor& to, std::int64_t place, std::int64_t count,
               std::int64_t numbers) {
  if (to.is_cpu() && to.scalar_type() == from.scalar_type()) {  // torch's bookkeeping would take longer than the copy
    const auto row = static_cast<std::int64_t>(from.element_size()) * numbers;
    std::memcpy(static_cast<char*>(to.mutable_data_ptr()) + place * row,
                static_cast<const char*>(from.const_data_ptr()) + first * row, static_cast<std::size_t>(count * row));
    return;
  }
  to.view({-1, numbers}).narrow(0, place, count).copy_(from.view({-1, numbers}).narrow(0, first, count));
}

}  // namespace

Rollout::Rollout(Simulator& simulator, Opponents& opponents, ThreadPool& thread_pool, const NetworkOptions& network,
                 const RolloutOptions& options)
    : simulator_(simulator),
      opponents_(opponents),
      thread_pool_(thread_pool),
      network_(network),
      shape_(network_shape(simulator.rules(), network)),
      options_(options) {
  options_.in_one_block |= !simulator.device().is_cpu();
  if (simulator.device().is_cuda()) {
    fused_.emplace(simulator, opponents, network, options, shape_);
    trajectory_ = fused_->trajectory();
  } else {
    trajectory_ =
        empty_trajectory(options, shape_, simulator.matches(), opponents.learning_sides(), simulator.device());
    if (!options_.in_one_block) make_blocks_for_workers();
  }
  taught_ = trajectory_.teacher;
}

void Rollout::make_one_block() {
  const std::int64_t matches = simulator_.matches();
  Block& block = blocks_.emplace_back(make_block({0, matches}));
  if (const Range pool = opponents_.pool_matches(); pool.count > 0) {
    // The members are one stacked network.
    Part& part = block.parts.emplace_back(make_part(block, learning_networks(), {matches + pool.first, pool.count}));
    const auto members = static_cast<std::int64_t>(opponents_.playing().size());
    for (at::Tensor* tensor : {&part.observation, &part.mean, &part.log_std})
      *tensor = tensor->view({members, -1, tensor->size(-1)});
  }
}

void Rollout::make_blocks_for_workers() {
  const std::int64_t most = matches_of_block(simulator_.matches(), thread_pool_.threads());
  std::size_t decider = learning_networks();
  for (const OpponentRange& range : opponents_.ranges()) {
    for (std::int64_t first = 0; first < range.matches.count; first += most) {
      const std::int64_t b = std::min(most, range.matches.count - first);
      Block& block = blocks_.emplace_back(make_block({range.matches.first + first, b}));
      if (range.member != nullptr) block.parts.push_back(make_part(block, decider, {b, b}));
    }
    decider += range.member != nullptr;
  }
}

Rollout::Block Rollout::make_block(Range matches) const {
  const std::int64_t b = matches.count;
  const std::int64_t self_play = opponents_.learning_sides() - simulator_.matches();
  const std::int64_t players = simulator_.rules().players;
  const at::TensorOptions floats = at::TensorOptions(simulator_.device()).dtype(at::kFloat);
  const std::vector<std::int64_t> decided{2, b, shape_.rows, shape_.outputs};
  const std::vector<std::int64_t> done{2, b, players, action_size};
  const at::Tensor observation = at::empty({2, b, shape_.rows, shape_.inputs}, floats);
  // Zeros: no network decides for a bot's players, but samples are drawn for all rows.
  const ActionDistribution distribution{network_.head == Head::squashed ? Squash::tanh : Squash::none,
                                        at::zeros(decided, floats), at::zeros(decided, floats)};
  Block block{
      matches,
      std::clamp<std::int64_t>(self_play - matches.first, 0, b),
      simulator_.part(matches.first, b),
      observation,
      distribution,
      at::empty({2, b, shape_.rows}, floats),
      at::empty({2, b, shape_.rows}, floats),
      options_.hidden > 0 ? at::empty({2, b, shape_.rows, options_.hidden}, floats.dtype(options_.precision))
                          : at::Tensor(),
      drawing(simulator_.rules(), network_, distribution),
      {at::empty(done, floats), at::empty(done, floats), at::empty({2, b, players}, floats), at::empty({b}, floats),
       at::empty({b}, floats.dtype(at::kBool)), at::empty({2, b}, floats.dtype(at::kInt)),
       network_.agent == Agent::team ? observation.squeeze(2) : observation}};
  block.parts.push_back(make_part(block, 0, {0, options_.independent_teams ? b : b + block.self_play}));
  if (options_.independent_teams) block.parts.push_back(make_part(block, 1, {b, b}));
  if (const Range with_bots = opponents_.bot_matches(); with_bots.count > 0 && matches.first + b > with_bots.first)
    block.bots = opponents_.bots().narrow(1, matches.first, b).contiguous();
  if (options_.teacher != Bot::nobody) {
    block.teachers = at::full({2, b}, static_cast<int>(options_.teacher), floats.dtype(at::kInt));
    block.taught = at::empty(done, floats);
  }
  return block;
}

Rollout::Part Rollout::make_part(const Block& block, std::size_t decider, Range sides) const {
  const auto own = [&](const at::Tensor& of_all) { return of_all.flatten(0, 1).narrow(0, sides.first, sides.count); };
  const bool learns = decider < learning_networks();
  return {decider,
          own(block.observation),
          own(block.distribution.mean),
          own(block.distribution.log_std),
          learns ? own(block.values) : at::Tensor(),
          learns && block.hidden.defined() ? own(block.hidden) : at::Tensor()};
}

const Trajectory& Rollout::collect(const Networks& networks, const at::Tensor& shaping,
                                   const at::Tensor& teacher_weight) {
  const at::NoGradGuard no_gradient;
  trajectory_.teacher = teacher_weight.defined() ? taught_ : at::Tensor();
  trajectory_.teacher_weight = teacher_weight;
  const at::Tensor goals_before = simulator_.state().score.sum();
  const auto fused = fused_ ? fused_network(networks[0], simulator_.device(), options_.precision, false) : std::nullopt;
  if (fused)
    fused_->collect(*fused, networks, shaping, trajectory_.teacher.defined());
  else
    collect_blocks(networks, shaping);
  if (trajectory_.teacher.defined() && rotates_actions_of_b(simulator_.rules(), network_))
    trajectory_.teacher.narrow(1, simulator_.matches(), taught_.size(1) - simulator_.matches()).neg_();
  trajectory_.goals = simulator_.state().score.sum() - goals_before;
  if (options_.autoreset) trajectory_.goals += (trajectory_.score * trajectory_.terminated.unsqueeze(1)).sum();
  opponents_.count(trajectory_.score, trajectory_.terminated);
  return trajectory_;
}

void Rollout::collect_blocks(const Networks& networks, const at::Tensor& shaping) {
  if (blocks_.empty()) make_one_block();
  std::vector<PreparedNetwork> deciders;
  for (const Network& network : networks) deciders.emplace_back(network, options_.precision);
  if (!options_.in_one_block) {
    for (const OpponentRange& range : opponents_.ranges())
      if (range.member != nullptr) deciders.emplace_back(*range.member, options_.precision);
  } else if (opponents_.pool_matches().count > 0) {
    deciders.emplace_back(opponents_.members_as_one(), options_.precision);
  }

  thread_pool_.parallel_for(static_cast<std::int64_t>(blocks_.size()), [&](std::int64_t k) {
    const at::NoGradGuard no_gradient_here;
    collect_block(blocks_[static_cast<std::size_t>(k)], deciders, shaping);
  });
}

void Rollout::collect_block(Block& block, const std::vector<PreparedNetwork>& deciders,
                            const at::Tensor& shaping) const {
  const std::int64_t first = block.matches.first;
  const std::int64_t b = block.matches.count;
  const std::int64_t matches = simulator_.matches();
  const RolloutStep& played = block.played;
  const auto predict_values = [&](std::int64_t step) {
    if (!options_.predict_values) return;
    for (const Part& part : block.parts)
      if (part.values.defined()) deciders[part.decider].predict_values(part.observation, part.values);
    keep(block, block.values, trajectory_.values, step);
  };
  const RolloutStepOptions options{block.bots, shaping, options_.autoreset};
  block.observation.copy_(observe(block.simulator, network_));
  for (std::int64_t t = 0; t < options_.steps; ++t) {
    // 1. Observations, the networks' decisions, and the critic's predictions.
    keep(block, block.observation, trajectory_.observation, t);
    for (const Part& part : block.parts)
      deciders[part.decider].decide(part.observation, part.mean, part.log_std, part.hidden);
    if (block.hidden.defined()) keep(block, block.hidden, trajectory_.hidden, t);
    predict_values(t);
    if (trajectory_.teacher.defined()) {
      block.simulator.bot_actions(block.teachers, block.taught);
      keep(block, block.taught, trajectory_.teacher, t);
    }

    // 2. The rollout step and its results; the next observations overwrite the present ones.
    block.simulator.rollout_step(block.drawing, options, played);
    keep(block, played.pre_squash, trajectory_.pre_squash, t);
    if (shape_.rows == 1) at::sum_out(block.log_prob, played.log_prob, -1, true);
    keep(block, shape_.rows == 1 ? block.log_prob : played.log_prob, trajectory_.log_prob, t);
    copy_rows(played.reward, 0, trajectory_.reward, t * matches + first, b, 1);
    copy_rows(played.terminated, 0, trajectory_.terminated, t * matches + first, b, 1);
    for (const std::int64_t team : {0, 1})
      copy_rows(played.score, team * b, trajectory_.score, (2 * t + team) * matches + first, b, 1);
  }
  predict_values(options_.steps);
}

void Rollout::keep(const Block& block, const at::Tensor& of_sides, const at::Tensor& store, std::int64_t step) const {
  const std::int64_t first = store.size(1) * step + block.matches.first;
  const std::int64_t numbers = store.numel() / (store.size(0) * store.size(1));
  copy_rows(of_sides, 0, store, first, block.matches.count, numbers);
  if (block.self_play > 0)  // without self-play the destination may lie past the end
    copy_rows(of_sides, block.matches.count, store, first + simulator_.matches(), block.self_play, numbers);
}

}  // namespace matchday
