#include "train/memory.h"

#include <c10/core/CachingDeviceAllocator.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "config/minibatches.h"
#include "policy/network_plan.h"
#include "policy/packed_network.h"
#include "rules/bad_input.h"
#include "train/device.h"
#include "train/gradient/pieces.h"
#include "train/opponents.h"
#include "train/ranks.h"

namespace matchday {
namespace {

/// The largest batch that the search tries, in matches.
constexpr std::int64_t most_ever = std::int64_t{1} << 24;

constexpr double share_for_training = 0.8;
constexpr double share_for_activations = 0.25;

/// The number after `name` in a file of lines "name number", or its only number (name ""), times `unit`: bytes.
std::optional<double> read_number(const char* path, const std::string& name, double unit) {
  std::ifstream file(path);
  std::string word;
  while (name.empty() || file >> word)
    if (name.empty() || word == name) {
      double number = 0.0;
      if (file >> number) return number * unit;
      return std::nullopt;
    }
  return std::nullopt;
}

/// The memory that Linux can give without swapping; in a container, at most what its limit leaves.
std::optional<double> free_memory_of_cpu() {
  std::optional<double> free = read_number("/proc/meminfo", "MemAvailable:", 1024.0);
  const std::optional<double> limit = read_number("/sys/fs/cgroup/memory.max", "", 1.0);
  const std::optional<double> used = read_number("/sys/fs/cgroup/memory.current", "", 1.0);
  if (free && limit && used) free = std::min(*free, *limit - *used);
  return free;
}

/// Of one network.
double bytes_of_weights(const Config& config) {
  return 4.0 * static_cast<double>(make_network(config.rules, config.network, 0, at::kMeta).flat.numel());
}

/// Of a row's forward and backward pass through one network (gradient/matmul.cpp). unit: bytes of an activation.
double bytes_of_way(const NetworkOptions& network, const std::vector<std::int64_t>& widths, std::int64_t outputs,
                    double unit) {
  if (widths.empty()) return 0.0;
  const auto widest = static_cast<double>(*std::max_element(widths.begin(), widths.end()));
  double kept = 0.0;
  double passing = 0.0;  // the present x, if nothing keeps it yet
  for (const TrunkStep& step : trunk_steps(network.trunk, widths)) {
    if (step.operation == TrunkOperation::branch) continue;
    const auto width = static_cast<double>(step.width);
    if (step.operation == TrunkOperation::linear || step.operation == TrunkOperation::normalise) kept += passing;
    passing = step.operation == TrunkOperation::relu ? 0.0 : width;
    if (step.operation == TrunkOperation::relu) kept += width;
  }
  // Derivatives on the way back: by a layer's outputs, by its inputs, before the ReLU; and by what a block adds to.
  const double back = (needs_one_width(network.trunk) ? 4.0 : 3.0) * widest;
  // At the heads, in float32: features and derivatives by them, twice mean and log sigma, their derivatives, metrics.
  const double heads = 2.0 * static_cast<double>(widths.back()) + 6.0 * static_cast<double>(outputs + 1);
  return unit * (kept + back) + 4.0 * heads;
}

/// How many sides of a match learn, on average: one side may be played by an earlier self or a bot.
double learning_sides(const TrainOptions& options) {
  return static_cast<double>(parts_of_batch(options).learning_sides()) / static_cast<double>(options.matches);
}

/// How many numbers a teacher's action takes per row.
double taught_numbers(const Config& config) {
  return config.train.teacher == "none" ? 0.0
                                        : static_cast<double>(network_shape(config.rules, config.network).outputs);
}

/// The largest power of two of matches that takes at most `bytes` bytes; 1 if there is none.
std::int64_t most_matches_in(Config config, at::Device device, double bytes) {
  config.train.matches = most_ever;
  while (config.train.matches > 1 && bytes_of_training(config, device) > bytes) config.train.matches /= 2;
  return config.train.matches;
}

}  // namespace

double bytes_of_match(const Config& config, at::Device device) {
  const NetworkShape shape = network_shape(config.rules, config.network);
  const auto steps = static_cast<double>(rollout_steps(config));
  // Of a row in a step: what is stored, what its advantage is computed from (returns.cpp), its index in the new order.
  const double seen =
      static_cast<double>(shape.inputs) * (precision_of(config.train, device) == at::kFloat ? 1.0 : 0.5);
  const double stored = seen + static_cast<double>(shape.outputs + 2) + taught_numbers(config);
  constexpr double for_advantage = 9.0;
  constexpr double order = 2.0;
  // With two networks each gets a copy of its samples, one after the other.
  const double copied = config.train.teams == Teams::independent ? 0.5 * stored : 0.0;
  const double rows = learning_sides(config.train) * static_cast<double>(shape.rows);
  const double numbers = rows * (stored + copied + for_advantage + order) + 5.0;
  // Of the present step: state, both views, distribution, samples, actions.
  const double now = 4.0 * (2.0 * config.rules.players + 1.0) + 8.0 +
                     2.0 * static_cast<double>(shape.rows * (shape.inputs + 5 * shape.outputs + 2));
  return 4.0 * (steps * numbers + now);
}

double bytes_of_update(const Config& config, at::Device device) {
  if (device.is_cpu()) return 0.0;
  const NetworkShape shape = network_shape(config.rules, config.network);
  const double unit = precision_of(config.train, device) == at::kFloat ? 4.0 : 2.0;
  const bool two_networks = config.train.teams == Teams::independent;
  const std::int64_t sides = two_networks ? config.train.matches : parts_of_batch(config.train).learning_sides();
  const std::int64_t rows = sides * shape.rows * rollout_steps(config);
  const std::int64_t of_step =
      config.train.algorithm == Algorithm::ppo ? minibatches_of(config.train, rows).first(1) : rows;
  const Network network = make_network(config.rules, config.network, 0, at::kMeta);
  if (const auto fused = fused_network(network, device, precision_of(config.train, device), true))
    return 4.0 * static_cast<double>(fused->memory_of_gradient(of_step, network.flat.numel()));
  const double chosen = unit * static_cast<double>(shape.inputs) +
                        4.0 * (static_cast<double>(shape.outputs + 3) + taught_numbers(config));
  const double way = std::max(bytes_of_way(config.network, config.network.hidden, shape.outputs, unit),
                              bytes_of_way(config.network, config.network.critic_hidden, 1, unit));
  // Plus a piece's gradient, and the weights in the layers' precision.
  return static_cast<double>(std::min(of_step, rows_of_piece_on_gpu)) * (chosen + way) + 2.0 * bytes_of_weights(config);
}

double bytes_of_training(const Config& config, at::Device device) {
  return bytes_of_match(config, device) * static_cast<double>(config.train.matches) + bytes_of_update(config, device);
}

double bytes_of_networks(const Config& config) {
  const double trained = config.train.teams == Teams::independent ? 2.0 : 1.0;
  // The pool, and again those members that play, as one stacked network.
  const std::int64_t slots = parts_of_batch(config.train).slots;
  const double pool = slots > 0 ? static_cast<double>(config.train.pool_size + slots) : 0.0;
  constexpr double copies = 4.0;  // weights, gradient, mean, square
  return bytes_of_weights(config) * (copies * trained + pool);
}

std::int64_t kept_activations(const Config& config, at::Device device) {
  if (config.train.algorithm != Algorithm::reinforce || config.train.teams != Teams::shared || !device.is_cpu())
    return 0;
  const std::int64_t of_row = PackedNetwork::hidden_size(config.network);
  const std::int64_t rows = 2 * network_shape(config.rules, config.network).rows * rollout_steps(config);
  const double of_number = precision_of(config.train, device) == at::kFloat ? 4.0 : 2.0;
  const double bytes = of_number * static_cast<double>(of_row) * static_cast<double>(rows * config.train.matches);
  return bytes < share_for_activations * free_memory(device).value_or(0.0) ? of_row : 0;
}

std::optional<double> free_memory(at::Device device) {
  if (device.is_cpu()) {
    const std::optional<double> free = free_memory_of_cpu();
    return free ? std::optional(*free / local_ranks()) : free;
  }
  if (device.is_cuda())
    return static_cast<double>(at::getDeviceAllocator(at::kCUDA)->getMemoryInfo(device.index()).first);
  return std::nullopt;
}

std::optional<std::int64_t> most_matches(const Config& config, at::Device device) {
  const std::optional<double> free = free_memory(device);
  if (!free) return std::nullopt;
  return most_matches_in(config, device, *free * share_for_training);
}

void require_room_for_networks(const Config& config, at::Device device) {
  const double bytes = bytes_of_networks(config);
  const std::optional<double> free = free_memory(device);
  if (free && bytes > share_for_training * *free)
    throw BadInput(fmt::format("hidden and critic_hidden make networks that take {:.3g} GB, but {} has {:.3g} GB left",
                               bytes * 1e-9, device.str(), *free * 1e-9));
}

void require_room(const Config& config, at::Device device) {
  require_room_for_networks(config, device);
  const double bytes = bytes_of_training(config, device);
  const std::optional<double> free = free_memory(device);
  if (free && bytes > *free)
    throw BadInput(fmt::format("matches is {}, which takes {:.3g} GB, but {} has {:.3g} GB left; {} find room",
                               config.train.matches, bytes * 1e-9, device.str(), *free * 1e-9,
                               most_matches_in(config, device, *free * share_for_training)));
}

}  // namespace matchday
