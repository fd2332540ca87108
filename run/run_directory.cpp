#include "run/run_directory.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <functional>
#include <utility>

#include "files/atomic_file.h"
#include "formats/log_line.h"
#include "rules/presets.h"

namespace matchday {
namespace {

namespace fs = std::filesystem;

constexpr const char* lock_name = "lock";
constexpr const char* latest = "latest";
constexpr const char* best = "best";
constexpr const char* of_iteration = "iteration-";

/// The opponent against which statistics of play are logged: the strongest bot, which passes and keeps its goal.
constexpr const char* opponent_to_watch = "role";

/// Padded with zeros, so that names sort by iteration.
std::string iteration_name(std::int64_t iteration) { return fmt::format("{}{:09}", of_iteration, iteration); }

fs::path checkpoint_file(const fs::path& run, const std::string& name) {
  return run / "checkpoints" / (name + ".safetensors");
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// A run's checkpoints that are named by iteration, the oldest first.
std::vector<fs::path> iterations_of(const fs::path& run) {
  std::vector<fs::path> files = files_in(run / "checkpoints");
  std::erase_if(files, [](const fs::path& file) {
    return !file.filename().string().starts_with(of_iteration) || is_unfinished(file);
  });
  return files;
}

/// Whether no run has begun there: the folder does not exist, or holds only what a killed process left.
bool unused(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return true;
  if (!fs::is_directory(path, error)) return false;
  const std::vector<fs::path> files = files_in(path);
  return std::all_of(files.begin(), files.end(),
                     [](const fs::path& file) { return is_unfinished(file) || file.filename() == lock_name; });
}

void add_line(std::ofstream& file, const fs::path& path, const LogLine& line) {
  file << line.dump() << '\n' << std::flush;
  if (!file) throw BadInput(fmt::format("{}: cannot be written: {}", path.string(), std::strerror(errno)));
}

/// Rewrites a log without lines of later iterations than `iteration` and without an unfinished line. Calls
/// visit(line, its iteration) for the lines that stay.
void cut_log(const fs::path& path, std::int64_t iteration,
             const std::function<void(const LogLine&, std::int64_t)>& visit) {
  std::string kept;
  {
    std::ifstream file(path);
    for (std::string text; std::getline(file, text);) {
      const LogLine line = LogLine::parse(text, nullptr, false);
      const std::optional<std::int64_t> told = count_in(line, "iteration");
      if (!told || *told > iteration) continue;
      kept += text + '\n';
      visit(line, *told);
    }
  }
  write_whole(path, kept);
}

}  // namespace

RunDirectory::RunDirectory(const fs::path& path, const Config& config)
    : path_(path), keep_(config.train.keep_checkpoints) {
  const auto refuse_if_used = [&] {
    if (!unused(path))
      throw BadInput(fmt::format("{}: is there already; a run needs a folder that is new or empty", path.string()));
  };
  refuse_if_used();
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw BadInput(fmt::format("{}: cannot be made: {}", path.string(), error.message()));
  lock();
  refuse_if_used();  // another process may have been quicker
  begin(config, 0);
}

RunDirectory::RunDirectory(const fs::path& path, const Config& config, std::int64_t iteration, std::int64_t match_steps)
    : path_(path), keep_(config.train.keep_checkpoints) {
  lock();
  std::vector<fs::path> folders = files_in(path / "matches");
  folders.insert(folders.end(), {path, path / "checkpoints", path / "videos"});
  for (const fs::path& folder : folders)
    for (const fs::path& file : files_in(folder))
      if (is_unfinished(file)) fs::remove(file);
  cut_log(path / "metrics.jsonl", iteration, [&](const LogLine& line, std::int64_t) {
    past_.seconds = number_in(line, "seconds").value_or(past_.seconds);
  });
  std::int64_t best_iteration = -1;
  cut_log(path / "evaluations.jsonl", iteration, [&](const LogLine& line, std::int64_t told) {
    past_.evaluated = told;
    if (const double elo = number_in(line, "elo").value_or(past_.best); elo > past_.best) {
      past_.best = elo;
      best_iteration = told;
    }
  });
  forget_other_best(best_iteration);
  for (const fs::path& file : iterations_of(path))
    if (file.filename().string() > iteration_name(iteration) + ".safetensors") fs::remove(file);
  begin(config, match_steps);
}

void RunDirectory::forget_other_best(std::int64_t iteration) {
  const fs::path file = best_checkpoint(path_);
  std::error_code error;
  if (fs::exists(file, error) && load_checkpoint(file.string(), at::kCPU).iteration == iteration) return;
  fs::remove(file, error);
  past_.best = RunPast{}.best;
}

void RunDirectory::begin(const Config& config, std::int64_t match_steps) {
  write_whole(path_ / "config.toml", to_toml(config));  // first, since a run needs it to be resumed
  std::error_code error;
  for (const char* folder : {"checkpoints", "videos"}) {
    fs::create_directories(path_ / folder, error);
    if (error) throw BadInput(fmt::format("{}: cannot be made: {}", (path_ / folder).string(), error.message()));
  }
  metrics_.open(path_ / "metrics.jsonl", std::ios::app);
  evaluations_.open(path_ / "evaluations.jsonl", std::ios::app);
  if (!metrics_ || !evaluations_)
    throw BadInput(fmt::format("{}: cannot be written", (path_ / "metrics.jsonl").string()));
  events_.emplace(path_ / "tensorboard", match_steps + 1);
}

RunDirectory::~RunDirectory() {
  if (lock_ >= 0) ::close(lock_);  // also releases the lock, as the end of the process does
}

void RunDirectory::lock() {
  const fs::path file = path_ / lock_name;
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) throw BadInput(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0)
    throw BadInput(fmt::format("{}: another matchday is training there", path_.string()));
}

void RunDirectory::log(const Metrics& metrics, double seconds) {
  LogLine line;
  for (const auto& [name, number] : metrics) line[name] = number;
  line["iteration"] = static_cast<std::int64_t>(metric(metrics, "iteration"));
  line["match_steps"] = static_cast<std::int64_t>(metric(metrics, "match_steps"));
  line["seconds"] = seconds;
  line["match_steps_per_second"] = metric(metrics, "match_steps") / seconds;
  add_line(metrics_, path_ / "metrics.jsonl", line);
  Metrics told = metrics;
  told.emplace_back("match_steps_per_second", line["match_steps_per_second"].get<double>());
  for (auto& [name, number] : told) name = "train/" + name;
  events_->add(static_cast<std::int64_t>(metric(metrics, "match_steps")), told);
}

void RunDirectory::log_evaluation(const RunSoFar& so_far, const Rating& rating, const std::vector<Score>& scores) {
  const Metrics strength{{"elo", rating.elo}, {"elo_lowest", rating.lowest}, {"elo_highest", rating.highest}};
  LogLine line{{"iteration", so_far.iterations}, {"match_steps", so_far.match_steps}, {"seconds", so_far.seconds}};
  Metrics told;
  for (const auto& [name, number] : strength) {
    line[name] = number;
    told.emplace_back("strength/" + name, number);
  }
  for (const auto& [opponent, tally] : scores) {
    line[opponent] = {{"goal_difference", goal_difference(tally)},
                      {"wins", tally.wins},
                      {"draws", tally.draws},
                      {"losses", tally.losses}};
    told.emplace_back("goals_ahead/" + opponent, goal_difference(tally));
    if (opponent != opponent_to_watch) continue;
    for (const auto& [side, team] : {std::pair("own", tally.own), std::pair("opponents", tally.opponents)})
      for (const auto& [name, number] : play_metrics(team, tally)) {
        line[opponent][side][name] = number;
        told.emplace_back(fmt::format("against_{}/{}/{}", opponent, side, name), number);
      }
  }
  add_line(evaluations_, path_ / "evaluations.jsonl", line);
  events_->add(so_far.match_steps, told);
}

fs::path RunDirectory::matches(std::int64_t iteration) const { return path_ / "matches" / iteration_name(iteration); }

fs::path RunDirectory::save(const Checkpoint& checkpoint) const {
  const fs::path own = checkpoint_file(path_, iteration_name(checkpoint.iteration));
  const fs::path newest = latest_checkpoint(path_);
  save_checkpoint(own.string(), checkpoint);
  // A hard link to the same file, or a copy where the file system has no hard links.
  const fs::path link = unfinished_name(newest);
  std::error_code error;
  fs::remove(link, error);
  fs::create_hard_link(own, link, error);
  if (error) fs::copy_file(own, link, error);
  if (!error) fs::rename(link, newest, error);
  if (error) throw BadInput(fmt::format("{}: cannot be written: {}", newest.string(), error.message()));

  const std::vector<fs::path> kept = iterations_of(path_);
  for (std::size_t k = 0; k + static_cast<std::size_t>(keep_) < kept.size(); ++k) fs::remove(kept[k], error);
  return newest;
}

void RunDirectory::save_as(const std::string& name, const Checkpoint& checkpoint) const {
  save_checkpoint(checkpoint_file(path_, name).string(), checkpoint);
}

void RunDirectory::write_summary(const std::string& text) const { write_whole(path_ / "summary.txt", text); }

fs::path best_checkpoint(const fs::path& run) { return checkpoint_file(run, best); }

fs::path latest_checkpoint(const fs::path& run) { return checkpoint_file(run, latest); }

fs::path new_run_folder(const Config& config) {
  const std::string name = fmt::format("{}-{:%Y%m%d-%H%M%S}", config.preset, fmt::localtime(std::time(nullptr)));
  const fs::path runs = "runs";
  std::error_code error;
  fs::create_directories(runs, error);
  fs::path path = runs / name;
  // The process that creates the folder owns it: another run may begin in the same second.
  for (int k = 2; !error && !fs::create_directory(path, error); ++k) path = runs / fmt::format("{}-{}", name, k);
  if (error) throw BadInput(fmt::format("{}: cannot be made: {}", path.string(), error.message()));
  return path;
}

}  // namespace matchday
