#include "export/policy_graph.h"

#include <ATen/ATen.h>

#include "export/player_views.h"
#include "policy/through_trunk.h"
#include "rules/bad_input.h"
#include "rules/observation.h"

namespace matchday {
namespace {

Value apply(const Linear& layer, const std::string& name, Value x) {
  const Value bias = constant(*x.graph, layer.bias, name + ".bias");
  // Without a weight the output is the bias for every input.
  return layer.weight.defined() ? linear(x, constant(*x.graph, layer.weight, name + ".weight"), bias) : bias;
}

/// The trunk.
Value features(const Network& network, Value x) {
  std::size_t layer = 0;
  const auto next_layer = [&](Value input) {
    const std::size_t k = layer++;
    return apply(network.layers[k], "shared_layers." + std::to_string(2 * k), input);
  };
  return through_trunk(trunk_steps(network.options.trunk, network.options.hidden), x, next_layer, relu, normalise);
}

/// The action for each row that a network reads.
Value action_of(const Network& network, Value seen, Decisions decisions) {
  const bool squashed = network.options.head == Head::squashed;
  const Value x = features(network, seen);
  const Value mean = apply(network.mean, "fc_mu", x);
  const Value centre = squashed ? mean : tanh(mean);
  if (decisions == Decisions::mean) return squashed ? tanh(centre) : centre;
  const LogStdBounds bounds = log_std_bounds(network.options);
  const Value log_std_raw = apply(network.log_std_raw, "fc_log_sigma", x);
  const Value log_std = squashed ? sigmoid(log_std_raw) * (bounds.highest - bounds.lowest) + bounds.lowest
                                 : clip(log_std_raw, bounds.lowest, bounds.highest);
  const Value sample = centre + exp(log_std) * noise_like(centre);
  return squashed ? tanh(sample) : sample;
}

}  // namespace

Graph policy_graph(const Rules& rules, const Network& network, Decisions decisions) {
  if (network.layers.empty()) throw BadInput("a network that is no list of layers can't be exported");
  Graph graph;
  const std::int64_t outputs = std::int64_t{rules.players} * action_size;
  const Value observation = observation_of(graph, observation_size(rules), outputs);
  if (network.options.agent == Agent::team) {
    graph.action = action_of(network, observation, decisions).node;
    return graph;
  }
  const PlayerViews players = player_views(observation, rules);
  const Value rows = reshape(players.views, {-1, player_observation_size(rules.players)});
  const Value action = reshape(action_of(network, rows, decisions), {-1, outputs});
  graph.action = (players.rotation ? action * *players.rotation : action).node;
  return graph;
}

}  // namespace matchday
