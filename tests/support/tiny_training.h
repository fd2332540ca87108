// Training runs that take milliseconds, and their weights.
#pragma once

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "tests/support/scenarios.h"
#include "train/trainer.h"

namespace matchday {

/// A preset's training with short matches and a small network; arena's in rollouts of 5 steps, three minibatches each.
inline Config tiny(const std::string& preset = "arena", Teams teams = Teams::shared) {
  Config config = default_config(preset);
  config.rules.steps = 12;
  config.network.hidden = {16};
  if (preset == "arena") config.network.critic_hidden = {16};
  config.train.matches = 8;
  if (preset == "arena") config.train.rollout_steps = 5;
  config.train.minibatch = 150;
  config.train.teams = teams;
  config.train.seed = 11;
  config.train.teacher = "none";
  config.train.teacher_rest = 0.0;
  config.train.bot_share = config.train.pool_share = 0.0;
  return config;
}

/// Arena, with one step along the policy gradient per rollout of whole matches.
inline Config tiny_reinforce(Baseline baseline) {
  Config config = tiny();
  config.train.algorithm = Algorithm::reinforce;
  config.train.rollout_steps = 0;
  config.train.baseline = baseline;
  return config;
}

/// Copies of all weights.
inline std::vector<at::Tensor> weights_of(const Trainer& trainer) {
  std::vector<at::Tensor> all;
  for (const Network& network : trainer.networks())
    for (const NamedTensor& parameter : parameters(network)) all.push_back(parameter.tensor.detach().clone());
  return all;
}

inline bool equal(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  for (std::size_t k = 0; k < a.size(); ++k)
    if (!same_bits(a[k], b[k])) return false;
  return a.size() == b.size();
}

}  // namespace matchday
