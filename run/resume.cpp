#include "run/resume.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "rules/fields.h"
#include "run/run_directory.h"

namespace matchday {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 13> changeable{"match_steps",      "iterations",     "minutes",
                                                      "device",           "threads",        "checkpoint_minutes",
                                                      "video_every",      "evaluate_every", "evaluation_matches",
                                                      "keep_checkpoints", "record_every",   "record",
                                                      "rank_timeout"};

/// Throws BadInput for the first field that differs but must not.
template <class Fields, class Owner>
void require_same(const Fields& fields, const Owner& before, const Owner& after) {
  for (const auto& field : fields) {
    if (std::find(changeable.begin(), changeable.end(), field.name) != changeable.end()) continue;
    if (same_field(field, before, after)) continue;
    throw BadInput(fmt::format("{} is {} in this run and can't become {}; what can change on the way is {}", field.name,
                               value_text(field, before), value_text(field, after), fmt::join(changeable, ", ")));
  }
}

}  // namespace

Config config_to_go_on(const Config& config, const std::vector<std::string>& sets) {
  const Config changed = config_from_toml_text(to_toml(config), "the run's config", sets);
  if (changed.rules.game != config.rules.game) throw BadInput("preset can't change in the middle of a run");
  require_same(rules_fields, config.rules, changed.rules);
  require_same(network_fields, config.network, changed.network);
  require_same(train_fields, config.train, changed.train);
  return changed;
}

BegunRun find_run(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) throw BadInput(fmt::format("{}: there is no such run folder", path.string()));
  BegunRun run{path, latest_checkpoint(path), {}};
  if (!fs::is_directory(path, error)) run = {fs::canonical(path).parent_path().parent_path(), path, {}};
  const fs::path config = run.folder / "config.toml";
  if (!fs::exists(config, error))
    throw BadInput(fmt::format("{}: there is no run in it: it has no config.toml", run.folder.string()));
  if (fs::exists(run.file, error)) {
    run.checkpoint = load_checkpoint(run.file.string(), at::kCPU);
    if (run.checkpoint.training.empty())
      throw BadInput(
          fmt::format("{}: a team to play with; it holds nothing of the run that it comes from", run.file.string()));
  } else {
    run.file = config;
    run.checkpoint.config = load_config(config.string(), std::nullopt, {});
  }
  return run;
}

}  // namespace matchday
