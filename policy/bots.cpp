#include "policy/bots.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "rules/bad_input.h"
#include "rules/observation.h"

namespace matchday {
namespace {

at::Tensor act(Bot bot, const Side& side) {
  const at::NoGradGuard no_gradient;
  const at::Tensor& clock = side.simulator.state().clock;
  const at::Tensor bots = at::full({2, side.count}, static_cast<int>(Bot::nobody), clock.options());
  bots[side.team].fill_(static_cast<int>(bot));
  const at::Tensor action =
      at::empty({2, side.count, side.simulator.rules().players, action_size}, clock.options().dtype(at::kFloat));
  side.simulator.part(side.first, side.count).bot_actions(bots, action);
  return action[side.team];
}

}  // namespace

std::vector<std::string> bot_names() { return {names_of_bots.begin(), names_of_bots.begin() + training_bot_count}; }

std::vector<std::string> unseen_bot_names() {
  return {names_of_bots.begin() + training_bot_count, names_of_bots.end()};
}

Bot find_bot(const std::string& name) {
  const auto* const found = std::find(names_of_bots.begin(), names_of_bots.end(), name);
  if (found == names_of_bots.end())
    throw BadInput(fmt::format("there is no bot \"{}\"; the bots are {}", name, fmt::join(names_of_bots, ", ")));
  return static_cast<Bot>(found - names_of_bots.begin());
}

Policy make_bot(const std::string& name) {
  return {name, [bot = find_bot(name)](const Side& side) { return act(bot, side); }};
}

}  // namespace matchday
