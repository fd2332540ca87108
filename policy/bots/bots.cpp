#include "policy/bots.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/bots/each_bot.h"
#include "rules/bad_input.h"

namespace matchday {

std::vector<std::string> bot_names() { return {"still", "random", "chaser", "presser", "keeper", "role"}; }

Policy make_bot(const std::string& name) {
  if (name == "still") return bots::still_bot();
  if (name == "random") return bots::random_bot();
  if (name == "chaser") return bots::chaser_bot();
  if (name == "presser") return bots::presser_bot();
  if (name == "keeper") return bots::keeper_bot();
  if (name == "role") return bots::role_bot();
  throw BadInput(fmt::format("there is no bot \"{}\"; the bots are {}", name, fmt::join(bot_names(), ", ")));
}

}  // namespace matchday
