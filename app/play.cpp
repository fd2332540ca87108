// matchday play: one match as a video or a picture.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/film.h"
#include "app/flags.h"
#include "app/teams.h"
#include "render/picture.h"
#include "rules/bad_input.h"

namespace matchday {
namespace {

struct PlayFlags {
  std::string team = trained_team;
  std::string against;
  std::string output = "match.mp4";
  std::string preset = "arena";
  std::uint64_t seed = 1;
  bool sampled = false;
  int step = -1;
};

int play(const PlayFlags& flags) {
  const Decisions decisions = flags.sampled ? Decisions::sampled : Decisions::mean;
  const Team a = find_team(flags.team, decisions, at::kCPU);
  const Team b = find_team(flags.against.empty() ? flags.team : flags.against, decisions, at::kCPU);
  const Rules rules = common_rules({&a, &b}, flags.preset);
  const std::string extension = std::filesystem::path(flags.output).extension().string();
  if (extension == ".mp4") {
    const std::string score = film_match(rules, a.policy, b.policy, flags.seed, flags.output, wide_video);
    fmt::print("{}: {}\n", flags.output, score);
    return 0;
  }
  if (extension != ".png") throw BadInput(fmt::format("{}: the output must end in .mp4 or .png", flags.output));
  if (flags.step > rules.steps)
    throw BadInput(fmt::format("--step is {} but the match has {} steps", flags.step, rules.steps));
  const std::vector<Scene> scenes = play_scenes(rules, a.policy, b.policy, flags.seed);
  const std::size_t step = flags.step < 0 ? scenes.size() / 2 : static_cast<std::size_t>(flags.step);
  save_picture(flags.output, rules, {a.policy.name, b.policy.name}, scenes[step]);
  fmt::print("{}: step {} of {}\n", flags.output, step, rules.steps);
  return 0;
}

}  // namespace

void add_play_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<PlayFlags>();
  CLI::App* command = app.add_subcommand("play", "Play one match and write it as a video or a picture.");
  command->add_option("team", flags->team, "team A: checkpoint, run folder, bot, or \"trained\"")
      ->capture_default_str()
      ->type_name("TEAM");
  command->add_option("--against", flags->against, "team B (default: the same)")->type_name("TEAM");
  command->add_option("-o,--output", flags->output, "FILE.mp4, or FILE.png for one moment")->capture_default_str();
  command->add_option("--step", flags->step, "the picture's step (default: the middle)")->check(CLI::Range(0, 1 << 24));
  add_seed_flag(*command, flags->seed, "of the start and of kick-offs");
  command->add_flag("--sampled", flags->sampled, "draw actions as in training instead of taking the mean");
  command->add_option("--preset", flags->preset, "rules for bots among themselves")->capture_default_str();
  command->callback([flags, &exit_code] { exit_code = play(*flags); });
}

}  // namespace matchday
