#include "app/teams.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "rules/fields.h"
#include "run/run_directory.h"

namespace matchday {
namespace {

/// The folder of teams that come with the program: an installation's, or the checkout's, whose build is in build/ or in
/// a CMake preset's own folder below it.
std::filesystem::path models_folder() {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* place : {"../share/matchday/models", "../../models"})
    if (fs::exists(program / place, error)) return program / place;
  return program / "../../../models";
}

}  // namespace

std::string run_name(const std::string& folder) {
  return std::filesystem::absolute(folder + "/.").lexically_normal().parent_path().filename().string();
}

std::string checkpoint_path(const std::string& name) {
  namespace fs = std::filesystem;
  if (name == trained_team) return (models_folder() / "arena.safetensors").lexically_normal().string();
  std::error_code error;
  if (!fs::is_directory(name, error)) return name;
  const fs::path best = best_checkpoint(name);
  return (fs::exists(best, error) ? best : latest_checkpoint(name)).string();
}

std::string told_of_run(const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(name, error)) return "";
  const bool best = fs::exists(best_checkpoint(name), error);
  return fmt::format("{}: the run's {} team, {}\n", name, best ? "best" : "latest", checkpoint_path(name));
}

std::filesystem::path shipped_ladder() { return (models_folder() / "ladder.toml").lexically_normal(); }

Team find_team(const std::string& name, Decisions decisions, at::Device device) {
  namespace fs = std::filesystem;
  if (std::find(names_of_bots.begin(), names_of_bots.end(), name) != names_of_bots.end())
    return {make_bot(name), std::nullopt};
  const std::string path = checkpoint_path(name);
  if (std::error_code error; !fs::exists(path, error))
    throw BadInput(fmt::format("{}: there is no such checkpoint, run folder or bot (bots: {})", name,
                               fmt::join(names_of_bots, ", ")));
  Checkpoint checkpoint = load_checkpoint(path, device);
  const std::string called = name == trained_team ? name
                             : path == name       ? fs::path(name).stem().string()
                                                  : run_name(name);
  Policy policy = team_policy(called, checkpoint.networks, decisions);
  return {std::move(policy), std::move(checkpoint)};
}

void require_same_rules(const Team& first, const Team& second) {
  if (!first.checkpoint || !second.checkpoint) return;
  const Rules& a = first.checkpoint->config.rules;
  const Rules& b = second.checkpoint->config.rules;
  if (a.game != b.game || !same_fields(rules_fields, a, b))
    throw BadInput(fmt::format("{} and {} were trained by different rules and can't play each other", first.policy.name,
                               second.policy.name));
}

Rules common_rules(const std::vector<const Team*>& teams, const std::string& preset) {
  const Team* trained = nullptr;
  for (const Team* team : teams) {
    if (trained != nullptr) require_same_rules(*trained, *team);
    if (trained == nullptr && team->checkpoint) trained = team;
  }
  return trained != nullptr ? trained->checkpoint->config.rules : default_config(preset).rules;
}

Decisions decisions_called(const std::string& name) { return name == "mean" ? Decisions::mean : Decisions::sampled; }

}  // namespace matchday
