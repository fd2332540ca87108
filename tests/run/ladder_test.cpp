#include "run/ladder.h"

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "policy/bots.h"
#include "policy/network.h"
#include "rules/presets.h"
#include "run/checkpoint.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/folder.h"
#include "tests/support/tiny_training.h"

using namespace matchday;

namespace {

const std::string bots_of_table =
    "draw = 0.5\n[[team]]\nname = \"chaser\"\nelo = 1000\n[[team]]\nname = \"role\"\nelo = 1800.5\n";

std::filesystem::path written(const Folder& folder, const std::string& text) {
  std::ofstream(folder.path / "ladder.toml") << text;
  return folder.path / "ladder.toml";
}

/// An untrained team's checkpoint, of arena unless the rules are changed.
void save_team(const std::filesystem::path& path, const Rules& rules = arena()) {
  Config config = tiny();
  config.rules = rules;
  save_checkpoint(path.string(), checkpoint_of(Trainer(config, at::kCPU)));
}

Rules short_matches() {
  Rules rules = arena();
  rules.steps = 40;
  return rules;
}

std::vector<std::string> names_of(const Ladder& ladder) {
  std::vector<std::string> names;
  for (const Rung& rung : ladder.rungs) names.push_back(rung.policy.name);
  return names;
}

}  // namespace

TEST_CASE("a ladder is what its table says: bots, and teams in files beside it") {
  const Folder folder;
  save_team(folder.path / "old.safetensors");
  const std::filesystem::path table =
      written(folder, bots_of_table + "[[team]]\nname = \"frozen\"\nfile = \"old.safetensors\"\nelo = -20\n");
  ThreadPool thread_pool(1);
  Rules rewarded = arena();
  rewarded.shaping_ball = 3.0F;  // rewards do not change the game
  for (const Rules& rules : {arena(), rewarded}) {
    const Ladder ladder = ladder_for(rules, table, at::kCPU, thread_pool);
    CHECK(names_of(ladder) == std::vector<std::string>{"chaser", "role", "frozen"});
    CHECK(ladder.draw == 0.5);
    CHECK(ladder.rungs[0].elo == 1000.0);
    CHECK(ladder.rungs[1].elo == 1800.5);
    CHECK(ladder.rungs[2].elo == -20.0);
    // The team from the file decides like the network in it.
    Simulator simulator(arena(), {.matches = 3, .seed = 5});
    const Checkpoint checkpoint = load_checkpoint((folder.path / "old.safetensors").string(), at::kCPU);
    const Policy same = network_policy("same", checkpoint.networks[0], Decisions::mean);
    CHECK(at::equal(ladder.rungs[2].policy.act(side_of(simulator, 1)), same.act(side_of(simulator, 1))));
  }
}

TEST_CASE("what is wrong with a ladder's table is said in one sentence") {
  const Folder folder;
  ThreadPool thread_pool(1);
  save_team(folder.path / "short.safetensors", short_matches());
  const std::vector<std::pair<std::string, std::string>> cases{
      {"draw = 0.5\n", "ladder.toml: there is no [[team]] in it"},
      {"[[team]]\nname = \"role\"\nelo = 3\n", "ladder.toml: draw must be a number"},
      {bots_of_table + "[[team]]\nname = \"still\"\n", "ladder.toml: team 3: elo must be a number"},
      {bots_of_table + "[[team]]\nname = \"still\"\nelo = inf\n", "ladder.toml: team 3: elo must be a number"},
      {bots_of_table + "[[team]]\nname = \"frozen\"\nelo = 3\n", "team 3: name is \"frozen\", which is no bot"},
      {bots_of_table + "[[team]]\nname = \"a\"\nfile = \"none.safetensors\"\nelo = 3\n", "none.safetensors"},
      {bots_of_table + "[[team]]\nname = \"a\"\nfile = \"short.safetensors\"\nelo = 3\n",
       "team 3: short.safetensors was trained by other rules than arena's"},
      {"draw = ", "ladder.toml: cannot be read: "}};
  for (const auto& [text, part] : cases) {
    const std::string told =
        complaint([&, &text = text] { ladder_for(arena(), written(folder, text), at::kCPU, thread_pool); });
    INFO(text << "\n" << told);
    CHECK(told.find(part) != std::string::npos);
    CHECK(told.find('\n') == std::string::npos);
  }
  CHECK(complaint([&] { ladder_for(arena(), folder.path / "none.toml", at::kCPU, thread_pool); }).find("none.toml") !=
        std::string::npos);
}

TEST_CASE("by other rules the ladder is the bots, rated among themselves", "[slow]") {
  ThreadPool one(1), three(3);
  Rules rules = short_matches();
  rules.players = 2;
  const Ladder ladder = ladder_for(rules, "no table is looked at", at::kCPU, one);
  CHECK(names_of(ladder) == bot_names());
  double chaser = 0.0, random = 0.0;
  for (const Rung& rung : ladder.rungs) {
    if (rung.policy.name == "chaser") chaser = rung.elo;
    if (rung.policy.name == "random") random = rung.elo;
  }
  CHECK(chaser == Approx(1000.0));
  CHECK(random < 900.0);
  CHECK(ladder.draw > 0.0);
  const Ladder again = ladder_for(rules, "", at::kCPU, three);
  for (std::size_t k = 0; k < ladder.rungs.size(); ++k) CHECK(again.rungs[k].elo == ladder.rungs[k].elo);
}

TEST_CASE("a bot that is measured on a ladder of bots has the Elo that it has on it", "[slow]") {
  ThreadPool one(1), two(2);
  const Rules rules = short_matches();
  Ladder ladder = ladder_for(rules, "", at::kCPU, one);
  const std::size_t chaser = 2;
  REQUIRE(ladder.rungs[chaser].policy.name == "chaser");
  const auto shared_by = [](ThreadPool& thread_pool) {
    return EvaluationOptions{.matches = 128, .seed = 77, .thread_pool = &thread_pool};
  };
  const Measured measured = measure(rules, ladder.rungs[chaser].policy, ladder, shared_by(one));
  CHECK(measured.evaluations.size() == ladder.rungs.size());
  CHECK(measured.evaluations[0].both().matches() == 256);
  CHECK(measured.rating.lowest < 1000.0);
  CHECK(measured.rating.highest > 1000.0);
  CHECK(measured.rating.highest - measured.rating.lowest < 150.0);
  CHECK(measure(rules, ladder.rungs[chaser].policy, ladder, shared_by(two)).rating.elo == measured.rating.elo);
  // Shifting the ladder's Elo up shifts the team's by as much.
  for (Rung& rung : ladder.rungs) rung.elo += 300.0;
  CHECK(measure(rules, ladder.rungs[chaser].policy, ladder, shared_by(one)).rating.elo ==
        Approx(measured.rating.elo + 300.0).margin(1e-6));
}

TEST_CASE("the ladder that comes with the program is good") {
  ThreadPool one(1);
  const Ladder ladder = ladder_for(arena(), std::filesystem::path(MATCHDAY_MODELS) / "ladder.toml", at::kCPU, one);
  const std::vector<std::string> names = names_of(ladder);
  for (const std::string& bot : bot_names()) CHECK(std::find(names.begin(), names.end(), bot) != names.end());
  CHECK(names.size() > bot_names().size());
  for (const Rung& rung : ladder.rungs) CHECK((rung.policy.name != anchor_bot || rung.elo == 1000.0));
}
