// Checks whether a config can be trained with.
#include "config/config.h"
#include "rules/fields.h"

namespace matchday {

std::optional<std::string> problem(const TrainOptions& options) {
  if (auto text = range_problem(train_fields, options)) return text;
  if (options.match_steps == 0 && options.iterations == 0 && options.minutes == 0.0)
    return "match_steps, iterations and minutes are all 0; one of them must end the run";
  const bool reinforce = options.algorithm == Algorithm::reinforce;
  if (reinforce && options.baseline == Baseline::batch && options.matches < 2)
    return "matches is 1; it must be at least 2 for the baseline \"batch\", which is a mean of the other matches";
  if (reinforce && options.baseline == Baseline::batch && options.rollout_steps != 0)
    return "baseline is \"batch\", which compares whole matches step by step; rollout_steps must be 0 for it";
  if (!reinforce && options.normalise == Normalise::match)
    return "normalise is \"match\", FootyAI's way for algorithm \"reinforce\"; for \"ppo\" it must be \"batch\" or "
           "\"none\"";
  if (options.pool_share + options.bot_share > 0.9)
    return "pool_share + bot_share is " + value_text(options.pool_share + options.bot_share) +
           "; it must be at most 0.9, so that the team also plays itself";
  if (options.teams == Teams::independent && options.pool_share + options.bot_share > 0.0)
    return "teams is \"independent\"; pool_share and bot_share must then be 0, since both sides are taken";
  return std::nullopt;
}

std::optional<std::string> problem(const Config& config) {
  if (const auto text = problem(config.rules)) return "[rules] " + *text;
  if (const auto text = problem(config.network)) return "[network] " + *text;
  if (const auto text = problem(config.train)) return "[train] " + *text;
  const TrainOptions& train = config.train;
  if (needs_critic(train) && config.network.critic_hidden.empty())
    return "[network] critic_hidden is []; algorithm \"ppo\" and baseline \"critic\" need a critic";
  const std::int64_t steps = train.rollout_steps == 0 ? config.rules.steps : train.rollout_steps;
  if (train.normalise == Normalise::match && steps < 2)
    return "[train] normalise is \"match\", which takes at least 2 steps to have a standard deviation";
  return std::nullopt;
}

bool needs_critic(const TrainOptions& options) {
  return options.algorithm == Algorithm::ppo || options.baseline == Baseline::critic;
}

}  // namespace matchday
