#include "train/run_directory.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "rules/presets.h"

namespace matchday {
namespace {

namespace fs = std::filesystem;

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) throw BadInput(fmt::format("{}: cannot be written", path.string()));
}

}  // namespace

RunDirectory::RunDirectory(const fs::path& path, const Config& config) : path_(path) {
  std::error_code error;
  if (fs::exists(path, error) && !(fs::is_directory(path, error) && fs::is_empty(path, error)))
    throw BadInput(fmt::format("{}: is there already; a run needs a folder that is new or empty", path.string()));
  for (const char* folder : {"checkpoints", "videos"}) {
    fs::create_directories(path / folder, error);
    if (error) throw BadInput(fmt::format("{}: cannot be made: {}", (path / folder).string(), error.message()));
  }
  write_text(path / "config.toml", to_toml(config));
  metrics_.open(path / "metrics.jsonl");
  if (!metrics_) throw BadInput(fmt::format("{}: cannot be written", (path / "metrics.jsonl").string()));
  evaluations_.open(path / "evaluations.jsonl");
}

void RunDirectory::log(const Figures& figures, double seconds) {
  nlohmann::ordered_json line;
  for (const auto& [name, number] : figures) line[name] = number;
  line["iteration"] = static_cast<std::int64_t>(figure(figures, "iteration"));
  line["match_steps"] = static_cast<std::int64_t>(figure(figures, "match_steps"));
  line["seconds"] = seconds;
  line["match_steps_per_second"] = figure(figures, "match_steps") / seconds;
  metrics_ << line.dump() << '\n' << std::flush;
  if (!metrics_) throw std::runtime_error(fmt::format("{}: cannot be written", (path_ / "metrics.jsonl").string()));
}

void RunDirectory::log_evaluation(std::int64_t iteration, std::int64_t match_steps, double seconds,
                                  const std::vector<BotScore>& scores) {
  nlohmann::ordered_json line{{"iteration", iteration}, {"match_steps", match_steps}, {"seconds", seconds}};
  for (const auto& [bot, tally] : scores)
    line[bot] = {{"goal_difference", goal_difference(tally)},
                 {"wins", tally.wins},
                 {"draws", tally.draws},
                 {"losses", tally.losses}};
  evaluations_ << line.dump() << '\n' << std::flush;
  if (!evaluations_)
    throw std::runtime_error(fmt::format("{}: cannot be written", (path_ / "evaluations.jsonl").string()));
}

fs::path RunDirectory::save(const std::string& name, const Checkpoint& checkpoint) const {
  const fs::path path = path_ / "checkpoints" / (name + ".safetensors");
  save_checkpoint(path.string(), checkpoint);
  return path;
}

void RunDirectory::write_summary(const std::string& text) const { write_text(path_ / "summary.txt", text); }

fs::path new_run_path(const Config& config) {
  const std::string name =
      fmt::format("{}-{:%Y%m%d-%H%M%S}", preset_name(config.rules.game), fmt::localtime(std::time(nullptr)));
  fs::path path = fs::path("runs") / name;
  for (int k = 2; fs::exists(path); ++k) path = fs::path("runs") / fmt::format("{}-{}", name, k);
  return path;
}

}  // namespace matchday
