#include "app/training_run.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "app/curves.h"
#include "app/film.h"
#include "app/recording.h"
#include "app/teams.h"
#include "policy/bots.h"
#include "rules/presets.h"
#include "train/evaluation.h"

namespace matchday {
namespace {

/// The signal that asked the run to end, such as that of Ctrl-C; the loop looks at it between iterations. A second one
/// ends the program at once.
volatile std::sig_atomic_t interrupted_by = 0;

void interrupt(int signal) {
  interrupted_by = signal;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// How far a run is, 0 to 1: by its iterations or its minutes, whichever is nearer to its end.
double progress_of(const TrainOptions& options, std::int64_t iterations, double seconds) {
  double progress = 0.0;
  if (options.iterations > 0) progress = static_cast<double>(iterations) / static_cast<double>(options.iterations);
  if (options.minutes > 0.0) progress = std::max(progress, seconds / (60.0 * options.minutes));
  return progress;
}

/// Something that happens at every such share of the run, at its beginning too; never if the share is 0.
class Occasions {
 public:
  explicit Occasions(double every) : every_(every) {}

  /// Whether one has come since the last call.
  bool due(double progress) {
    if (every_ <= 0.0 || progress < next_ - 1e-9) return false;
    while (next_ <= progress + 1e-9) next_ += every_;
    return true;
  }

 private:
  double every_;
  double next_ = 0.0;
};

Networks snapshots(const Networks& networks) {
  Networks all;
  for (const Network& network : networks) all.push_back(snapshot(network));
  return all;
}

/// The team as it is at first; then the trainer is where the run was.
Networks untrained_then_restored(Trainer& trainer, const BegunRun& begun) {
  Networks untrained = snapshots(trainer.networks());
  if (!begun.checkpoint.training.empty()) trainer.restore(begun.checkpoint, begun.file.string());
  return untrained;
}

std::vector<Policy> all_bots() {
  std::vector<Policy> all;
  for (const std::string& bot : bot_names()) all.push_back(make_bot(bot));
  return all;
}

}  // namespace

TrainingRun::TrainingRun(const Config& config, at::Device device, const std::filesystem::path& folder)
    : config_(config),
      device_(device),
      trainer_(config, device),
      untrained_(snapshots(trainer_.networks())),
      directory_(folder, config),
      seconds_(0.0),
      saved_(0.0),
      best_(directory_.past().best) {
  directory_.save_as("untrained", trainer_.checkpoint());
  save();
}

TrainingRun::TrainingRun(const Config& config, at::Device device, const BegunRun& begun)
    : config_(config),
      device_(device),
      trainer_(config, device),
      untrained_(untrained_then_restored(trainer_, begun)),
      directory_(begun.folder, config, begun.checkpoint.iteration, begun.checkpoint.match_steps),
      seconds_(directory_.past().seconds),
      saved_(seconds_),
      best_(directory_.past().best) {
  spdlog::info("goes on from {}, iteration {}", begun.file.string(), trainer_.iteration());
  if (begun.checkpoint.training.empty()) save();
}

int TrainingRun::finish() {
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  spdlog::info("{}, {} a side, {} matches at once on {}, seed {}", preset_name(config_.rules.game),
               config_.rules.players, config_.train.matches, device_.str(), config_.train.seed);
  spdlog::info("run folder {}", directory_.path().string());
  const std::int64_t before = trainer_.match_steps();
  const double seconds_before = seconds_;
  train();

  const auto match_steps = static_cast<double>(trainer_.match_steps());
  const std::string rate = fmt::format(
      "{:.2f} M match-steps in {} of training, {:.0f} match-steps/s", match_steps * 1e-6, minutes_and_seconds(seconds_),
      (match_steps - static_cast<double>(before)) / std::max(seconds_ - seconds_before, 1e-9));
  spdlog::info(rate);
  const std::string run = directory_.path().string();
  if (interrupted_by != 0) {
    spdlog::info("interrupted and saved; matchday train --resume {} goes on, matchday play {} shows the team", run,
                 run);
    return 128 + interrupted_by;  // as shells have it
  }
  std::string summary = rate + "\n";
  if (config_.train.evaluation_matches > 0) {
    const std::string table = closing_table();
    fmt::print("\n{}\n", table);
    summary += "\n" + table;
  }
  directory_.write_summary(summary);
  spdlog::info("saved {}/checkpoints/latest.safetensors; see it play: matchday play {}", run, run);
  return 0;
}

void TrainingRun::train() {
  const TrainOptions& options = config_.train;
  Occasions videos(options.video_every);
  Occasions evaluations(options.evaluate_every);
  double progress = progress_of(options, trainer_.iteration(), seconds_);
  if (trainer_.iteration() > 0) {  // what was due before is done
    videos.due(progress);
    evaluations.due(progress);
  }
  while (progress < 1.0 && interrupted_by == 0) {
    if (videos.due(progress)) film(fmt::format("{:03.0f}", 100.0 * progress));
    if (evaluations.due(progress) && options.evaluation_matches > 0) evaluate();
    const Stopwatch watch;
    const Figures figures = trainer_.iterate(progress);
    seconds_ += watch.seconds();
    progress = progress_of(options, trainer_.iteration(), seconds_);
    if (!figures.empty()) directory_.log(figures, seconds_);
    show_progress(progress, figures);
    if (options.checkpoint_minutes > 0.0 && seconds_ - saved_ >= 60.0 * options.checkpoint_minutes) save();
  }
  if (const Figures last = trainer_.last_figures(); !last.empty()) directory_.log(last, seconds_);
  progress_line_.clear();
  save();
  if (interrupted_by != 0) return;
  if (options.video_every > 0.0) film("against-role", "role");
  if (options.evaluate_every > 0.0 && options.evaluation_matches > 0) {
    evaluate();
    const std::filesystem::path curves = directory_.path() / "curves.png";
    save_curves(curves, {{"this run", directory_.path()}}, CurvesOver::match_steps);
    spdlog::info("curves {}", curves.string());
  }
}

void TrainingRun::show_progress(double progress, const Figures& figures) {
  const auto match_steps = static_cast<double>(trainer_.match_steps());
  progress_line_.show(progress, seconds_,
                      fmt::format("{:.2f} M match-steps  {:.0f} k/s  goals {:.2f}  sigma {:.2f}{}", match_steps * 1e-6,
                                  match_steps * 1e-3 / seconds_, figure(figures, "goals_per_match"),
                                  figure(figures, "sigma"), strength_));
  if (const double now = figure(figures, "skipped_updates"); now > std::exchange(skipped_, now)) {
    progress_line_.clear();
    spdlog::warn("iteration {:.0f}: the gradient of {} was not finite; updates left out so far: {:.0f}",
                 figure(figures, "iteration"), trainer_.bad_tensor(), now);
  }
}

void TrainingRun::save() {
  directory_.save(trainer_.checkpoint());
  saved_ = seconds_;
}

/// Films a whole match of the team as it is now, on the CPU: against itself, sampling as in training, or against a bot,
/// as it plays when it is sure.
void TrainingRun::film(const std::string& name, const std::string& bot) {
  Networks networks = trainer_.networks();
  for (Network& network : networks) network = on_device(network, at::kCPU);
  const bool itself = bot.empty();
  const Policy team =
      team_policy(itself ? name + " %" : "trained", networks, itself ? Decisions::sampled : Decisions::mean);
  const RecordedMatches match = record_matches(config_.rules, team, itself ? team : make_bot(bot),
                                               static_cast<std::uint64_t>(config_.train.seed), 1);
  save_matches(directory_.match(name).string(), match);
  const std::filesystem::path path = directory_.video(name);
  const std::string score = film_match(match, path, itself ? small_video : wide_video);
  progress_line_.clear();
  spdlog::info("video {} ({})", path.string(), score);
}

/// The team as it is now against each of these, with mean actions, on all training threads.
std::vector<TableRow> TrainingRun::play(const std::vector<Policy>& opponents, std::int64_t matches,
                                        const std::function<void(const RecordedMatches&)>& record) {
  const std::vector<Evaluation> evaluations =
      matchday::evaluate(config_.rules, team_policy("team", trainer_.networks(), Decisions::mean), opponents,
                         {.matches = matches, .device = device_, .record = record, .workers = &trainer_.workers()});
  std::vector<TableRow> rows;
  for (std::size_t k = 0; k < opponents.size(); ++k) rows.push_back({opponents[k].name, evaluations[k]});
  return rows;
}

/// A few matches against every bot, for the curves and the progress line; the best team so far is kept.
void TrainingRun::evaluate() {
  constexpr std::int64_t matches = 64;  // on each side; a standard error of about 0.15 goals
  strength_ = "  ahead of";
  double sum = 0.0;
  std::vector<BotScore> scores;
  const TrainOptions& options = config_.train;
  RecordFlags flags;
  if (options.record_every > 0)
    flags = {directory_.matches(trainer_.iteration()).string(), options.record_every, options.record == "goals"};
  Recording recording(flags);
  for (const TableRow& row : play(all_bots(), matches, recording.recorder())) {
    scores.push_back({row.opponent, row.evaluation.both()});
    const double ahead = goal_difference(scores.back().tally);
    sum += ahead;
    if (row.opponent == "chaser" || row.opponent == "keeper" || row.opponent == "role")
      strength_ += fmt::format(" {} {:+.1f}", row.opponent, ahead);
  }
  recording.save(true);
  directory_.log_evaluation(trainer_.iteration(), trainer_.match_steps(), seconds_, scores);
  if (const double mean = sum / static_cast<double>(scores.size()); mean > best_) {
    best_ = mean;
    directory_.save_as("best", trainer_.checkpoint());
  }
}

/// The trained team against its untrained self, the bots, and those bots that no team is trained against, with mean
/// actions.
std::string TrainingRun::closing_table() {
  std::vector<Policy> opponents = all_bots();
  for (const std::string& name : unseen_bot_names()) {
    opponents.push_back(make_bot(name));
    opponents.back().name += " (never trained against)";
  }
  opponents.insert(opponents.begin(), team_policy("untrained self", untrained_, Decisions::mean));
  return results_table("trained team", play(opponents, config_.train.evaluation_matches));
}

}  // namespace matchday
