#include "train/opponents.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "policy/bots.h"

namespace matchday {
namespace {

/// Finished matches against a slot's opponent from which its share of points is meaningful.
constexpr double enough_matches = 20.0;

/// Weight of a member's latest results in its share of points, an exponential moving average.
constexpr double latest_weight = 0.5;

/// Sampling weight of an opponent that is always beaten; one that always wins has 1 more.
constexpr double least_weight = 0.02;

}  // namespace

std::vector<std::string> bots_to_play(const std::string& bots) {
  if (bots != "all") return {bots};
  return {names_of_bots.begin() + idle_bot_count, names_of_bots.begin() + training_bot_count};
}

at::Tensor points(const at::Tensor& results) { return results.select(1, 0) + results.select(1, 1) * 0.5; }

BatchParts parts_of_batch(const TrainOptions& options) {
  const auto matches_of = [&](double share) {
    return static_cast<std::int64_t>(std::floor(share * static_cast<double>(options.matches)));
  };
  BatchParts parts{.pool = matches_of(options.pool_share), .bots = matches_of(options.bot_share)};
  parts.slots = std::min(options.pool_slots, parts.pool);
  if (parts.slots > 0) parts.pool -= parts.pool % parts.slots;
  parts.self_play = options.matches - parts.pool - parts.bots;
  return parts;
}

Opponents::Opponents(const TrainOptions& options, const Network& untrained, std::uint64_t seed)
    : options_(options), parts_(parts_of_batch(options)), seed_(seed) {
  if (parts_.bots > 0) {
    const std::vector<std::string> names = bots_to_play(options.bots);
    bots_ = at::full({2, options.matches}, static_cast<int>(Bot::nobody), untrained.flat.options().dtype(at::kInt));
    std::int64_t first = bot_matches().first;
    for (std::size_t left = names.size(); left > 0; --left) {
      const std::int64_t own = (options.matches - first) / static_cast<std::int64_t>(left);
      bots_[1].narrow(0, first, own).fill_(static_cast<int>(find_bot(names[names.size() - left])));
      first += own;
    }
  }
  if (parts_.pool == 0) return;
  pool_.push_back({snapshot(untrained), 0});
  choose();
}

void Opponents::choose() {
  // Prioritised fictitious self-play (Vinyals et al. 2019): opponents that are hard to beat
  // play more often.
  std::vector<double> weights;
  for (const PoolMember& member : pool_)
    weights.push_back(least_weight + (1.0 - member.points) * (1.0 - member.points));
  std::mt19937_64 generator(seed_++);
  playing_ = {pool_.size() - 1};  // the latest always plays
  while (playing_.size() < static_cast<std::size_t>(parts_.slots))
    playing_.push_back(std::discrete_distribution<std::size_t>(weights.begin(), weights.end())(generator));
  send_on();
}

void Opponents::send_on() {
  std::vector<Network> networks;
  for (const std::size_t member : playing_) networks.push_back(pool_[member].network);
  stacked_ = stacked(networks);
  results_ = at::zeros({parts_.slots, 3}, pool_.front().network.flat.options());
}

std::vector<OpponentRange> Opponents::ranges() const {
  if (parts_.pool == 0) return {{{0, options_.matches}}};
  std::vector<OpponentRange> all{{{0, parts_.self_play}}};
  const std::int64_t in_slot = parts_.pool / parts_.slots;
  std::int64_t first = parts_.self_play;
  for (const std::size_t member : playing_) {
    all.push_back({{first, in_slot}, &pool_[member].network});
    first += in_slot;
  }
  if (const Range with_bots = bot_matches(); with_bots.count > 0) all.push_back({with_bots});
  return all;
}

void Opponents::count(const at::Tensor& score, const at::Tensor& terminated) {
  if (parts_.pool == 0) return;
  const at::Tensor of_pool = score.narrow(2, parts_.self_play, parts_.pool);
  const at::Tensor lead = of_pool.select(1, 0) - of_pool.select(1, 1);
  const at::Tensor over = terminated.narrow(1, parts_.self_play, parts_.pool);
  const auto total = [&](const at::Tensor& which) {
    return which.logical_and(over).sum(0).view({parts_.slots, -1}).sum(1);
  };
  results_ += at::stack({total(lead > 0), total(lead == 0), total(lead < 0)}, 1);
}

PoolState Opponents::state() const {
  if (pool_.empty()) return {};
  const auto whole = [](std::int64_t number) { return at::full({}, number, at::kLong); };
  std::vector<at::Tensor> weights;
  std::vector<std::int64_t> iteration;
  std::vector<double> points;
  for (const PoolMember& member : pool_) {
    weights.push_back(member.network.flat.cpu());
    iteration.push_back(member.iteration);
    points.push_back(member.points);
  }
  const std::vector<std::int64_t> playing(playing_.begin(), playing_.end());
  return {at::stack(weights),     at::tensor(iteration), at::tensor(points, at::kDouble),        at::tensor(playing),
          results_.cpu().clone(), whole(last_renewal_),  whole(static_cast<std::int64_t>(seed_))};
}

void Opponents::restore(const PoolState& state) {
  if (pool_.empty()) return;
  const Network like = pool_.front().network;
  pool_.clear();
  for (std::int64_t k = 0; k < state.weights.size(0); ++k)
    pool_.push_back({viewed(like, state.weights[k].to(like.flat.device()).clone()),
                     state.iteration[k].item<std::int64_t>(), state.points[k].item<double>()});
  playing_.clear();
  for (std::int64_t slot = 0; slot < state.playing.size(0); ++slot)
    playing_.push_back(static_cast<std::size_t>(state.playing[slot].item<std::int64_t>()));
  send_on();
  results_.copy_(state.results);
  last_renewal_ = state.last_renewal.item<std::int64_t>();
  seed_ = static_cast<std::uint64_t>(state.seed.item<std::int64_t>());
}

bool Opponents::renew(const Network& team, std::int64_t iteration, const at::Tensor& results) {
  if (parts_.pool == 0) return false;
  const at::Tensor played = results.sum(1);
  const at::Tensor won = points(results);
  const double all_played = played.sum().item<double>();
  const bool beats_pool = options_.pool_margin < 1.0 &&
                          all_played >= enough_matches * static_cast<double>(parts_.slots) &&
                          won.sum().item<double>() >= options_.pool_margin * all_played;
  if (iteration - last_renewal_ < options_.pool_every && !beats_pool) return false;
  last_renewal_ = iteration;
  for (std::size_t slot = 0; slot < playing_.size(); ++slot) {
    const auto n = static_cast<std::int64_t>(slot);
    if (played[n].item<double>() < enough_matches) continue;
    double& known = pool_[playing_[slot]].points;
    known += latest_weight * (won[n].item<double>() / played[n].item<double>() - known);
  }
  if (pool_.size() >= static_cast<std::size_t>(options_.pool_size))
    pool_.erase(std::max_element(pool_.begin(), pool_.end(),
                                 [](const PoolMember& a, const PoolMember& b) { return a.points < b.points; }));
  pool_.push_back({snapshot(team), iteration});
  choose();
  return true;
}

}  // namespace matchday
