#include "app/training_run.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "app/curves.h"
#include "app/film.h"
#include "app/match_recorder.h"
#include "app/table.h"
#include "app/teams.h"
#include "evaluate/evaluation.h"
#include "policy/bots.h"
#include "rules/presets.h"

namespace matchday {
namespace {

/// The signal that asked the run to end, such as SIGINT by Ctrl-C; the loop checks it between iterations. A second
/// signal ends the program at once.
volatile std::sig_atomic_t interrupted_by = 0;

constexpr int signals_to_end[] = {SIGINT, SIGTERM, SIGHUP};  // Ctrl-C, a scheduler, a terminal that was closed

void interrupt(int signal) {
  interrupted_by = signal;
  for (const int other : signals_to_end) std::signal(other, SIG_DFL);
}

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// An event that is due at every multiple of a share of the run, beginning with 0; never if the share is 0.
class Every {
 public:
  explicit Every(double every) : every_(every) {}

  /// Whether the event became due since the last call.
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

/// Copies the untrained team, then restores the trainer from the run's checkpoint. Returns the copy.
Networks untrained_then_restored(Trainer& trainer, const BegunRun& begun) {
  Networks untrained = snapshots(trainer.networks());
  if (!begun.checkpoint.training.empty()) restore(trainer, begun.checkpoint, begun.file.string());
  return untrained;
}

std::optional<Ladder> ladder_of(Trainer& trainer, const Config& config, at::Device device) {
  if (config.train.evaluation_matches == 0) return std::nullopt;
  return ladder_for(config.rules, shipped_ladder(), device, trainer.thread_pool());
}

/// Matches on each side against each rung of the ladder in an evaluation on the way: one block, the least that can be
/// played. With seven rungs the 95 % interval is about +-40 Elo.
constexpr std::int64_t matches_on_the_way = matches_in_block;

/// Seeds of the evaluations' matches. They differ on the way and at the end, so that the best of many evaluations,
/// which was also lucky, is judged by new matches.
constexpr std::uint64_t seed_on_the_way = 1000;
constexpr std::uint64_t seed_at_the_end = 2000;

std::string text_of(const Rating& rating) {
  return fmt::format("Elo {:.0f} ({:.0f} to {:.0f})", rating.elo, rating.lowest, rating.highest);
}

std::string millions(std::int64_t match_steps) {
  return fmt::format("{:.2f} M match-steps", static_cast<double>(match_steps) * 1e-6);
}

}  // namespace

TrainingRun::TrainingRun(const Config& config, at::Device device, const std::filesystem::path& folder,
                         const Ranks& ranks)
    : config_(config),
      device_(device),
      trainer_(config, device, make_network, ranks),
      ladder_(ladder_of(trainer_, config, device)),
      untrained_(snapshots(trainer_.networks())),
      seconds_(0.0),
      saved_(0.0),
      best_(RunPast{}.best) {
  if (ranks.leads()) directory_.emplace(folder.empty() ? new_run_folder(config) : folder, config);
  const Checkpoint untrained = checkpoint_of(trainer_);
  if (directory_) directory_->save_as("untrained", untrained);
  save();
}

TrainingRun::TrainingRun(const Config& config, at::Device device, const BegunRun& begun, const Ranks& ranks)
    : config_(config),
      device_(device),
      trainer_(config, device, make_network, ranks),
      ladder_(ladder_of(trainer_, config, device)),
      untrained_(untrained_then_restored(trainer_, begun)),
      seconds_(0.0),
      best_(RunPast{}.best) {
  if (ranks.leads()) {
    directory_.emplace(begun.folder, config, begun.checkpoint.iteration, begun.checkpoint.match_steps);
    seconds_ = directory_->past().seconds;
    best_ = directory_->past().best;
    evaluated_ = directory_->past().evaluated;
    spdlog::info("goes on from {}, iteration {}", begun.file.string(), trainer_.iteration());
  }
  best_ = ranks.from_leader(best_);  // all ranks must take the same evaluation for the best
  agree();
  save();  // so that the latest checkpoint is this one, even if the run resumes from an earlier one
}

void TrainingRun::agree() {
  if (trainer_.ranks().size() == 1) {
    ended_by_ = interrupted_by;
    return;
  }
  const at::Tensor own = at::tensor({seconds_, static_cast<double>(interrupted_by)}, at::kDouble).unsqueeze(0);
  const at::Tensor all = trainer_.ranks().gathered(own);
  seconds_ = all[0][0].item<double>();
  ended_by_ = static_cast<int>(all.select(1, 1).max().item<double>());
}

int TrainingRun::finish() {
  for (const int signal : signals_to_end) {
    const auto before = std::signal(signal, interrupt);
    if (signal == SIGHUP && before == SIG_IGN) std::signal(signal, SIG_IGN);  // as nohup asks
  }
  if (directory_) {
    spdlog::info("{}, {} a side, {} matches at once on {}, seed {}", config_.preset, config_.rules.players,
                 config_.train.matches, device_.str(), config_.train.seed);
    if (trainer_.ranks().shards() > 1)
      spdlog::info("{} ranks, {} shards", trainer_.ranks().size(), trainer_.ranks().shards());
    spdlog::info("run folder {}", directory_->path().string());
  }
  const std::int64_t before = trainer_.match_steps();
  const double seconds_before = seconds_;
  train();

  const auto match_steps = static_cast<double>(trainer_.match_steps());
  const std::string rate = fmt::format(
      "{:.2f} M match-steps in {} of training, {:.0f} match-steps/s", match_steps * 1e-6, minutes_and_seconds(seconds_),
      (match_steps - static_cast<double>(before)) / std::max(seconds_ - seconds_before, 1e-9));
  if (!directory_) return ended_by_ != 0 ? 128 + ended_by_ : 0;
  spdlog::info(rate);
  return summarise(rate);
}

int TrainingRun::summarise(const std::string& rate) {
  const std::string run = directory_->path().string();
  if (ended_by_ != 0) {
    spdlog::info("interrupted and saved; matchday train --resume {} goes on, matchday play {} shows the team", run,
                 run);
    return 128 + ended_by_;  // the shells' convention
  }
  std::string summary = rate + "\n";
  const bool knows_best = best_ > RunPast{}.best;
  const std::filesystem::path told = knows_best ? best_checkpoint(run) : latest_checkpoint(run);
  const Checkpoint best = load_checkpoint(told.string(), device_);
  if (config_.train.video_every > 0.0) film("against-role", best.networks, "role");
  if (config_.train.evaluation_matches > 0) {
    const std::string text = told_of(best);
    fmt::print("\n{}\n", text);
    summary += "\n" + text;
  }
  if (const double progress = progress_of(config_.train, so_far()); progress < 1.0) {
    const std::string cut = fmt::format(
        "cut off at {:.0f} % of its length by its limit of {:g} minutes; matchday train --resume {} --set minutes=0 "
        "goes on",
        100.0 * progress, config_.train.minutes, run);
    spdlog::warn(cut);
    summary += "\n" + cut + "\n";
  }
  directory_->write_summary(summary);
  spdlog::info("saved {}; see it play: matchday play {}", told.string(), run);
  return 0;
}

RunSoFar TrainingRun::so_far() const { return {trainer_.match_steps(), trainer_.iteration(), seconds_}; }

void TrainingRun::train() {
  const TrainOptions& options = config_.train;
  Every videos(options.video_every);
  Every evaluations(options.evaluate_every);
  double progress = progress_of(options, so_far());
  if (trainer_.iteration() > 0) {  // skips what was due before
    videos.due(progress);
    evaluations.due(progress);
  }
  agree();
  while (progress < 1.0 && !out_of_minutes(options, so_far()) && ended_by_ == 0) {
    if (videos.due(progress) && directory_) film(fmt::format("{:03.0f}", 100.0 * progress), trainer_.networks());
    if (evaluations.due(progress) && options.evaluation_matches > 0) evaluate();
    const Stopwatch watch;
    const Metrics metrics = trainer_.iterate(progress);
    seconds_ += watch.seconds();
    agree();
    progress = progress_of(options, so_far());
    if (!metrics.empty() && directory_) directory_->log(metrics, seconds_);
    if (directory_) show_progress(progress, metrics);
    if (options.checkpoint_minutes > 0.0 && seconds_ - saved_ >= 60.0 * options.checkpoint_minutes) save();
  }
  if (const Metrics last = trainer_.last_metrics(); !last.empty() && directory_) directory_->log(last, seconds_);
  progress_line_.clear();
  save();
  if (ended_by_ != 0) return;
  if (options.evaluate_every > 0.0 && options.evaluation_matches > 0) {
    if (trainer_.ranks().from_leader(evaluated_ < trainer_.iteration() ? 1.0 : 0.0) > 0.0) evaluate();
    if (!directory_) return;
    const std::filesystem::path curves = directory_->path() / "curves.png";
    save_curves(curves, {{"this run", directory_->path()}}, CurvesOver::match_steps);
    spdlog::info("curves {}", curves.string());
  }
}

void TrainingRun::show_progress(double progress, const Metrics& metrics) {
  const auto match_steps = static_cast<double>(trainer_.match_steps());
  progress_line_.show(progress, seconds_,
                      fmt::format("{:.2f} M match-steps  {:.0f} k/s  goals {:.2f}  sigma {:.2f}{}", match_steps * 1e-6,
                                  match_steps * 1e-3 / seconds_, metric(metrics, "goals_per_match"),
                                  metric(metrics, "sigma"), strength_));
  if (const double now = metric(metrics, "skipped_updates"); now > std::exchange(skipped_, now)) {
    progress_line_.clear();
    spdlog::warn("iteration {:.0f}: the gradient of {} was not finite; updates left out so far: {:.0f}",
                 metric(metrics, "iteration"), trainer_.bad_tensor(), now);
  }
}

void TrainingRun::save() {
  const Checkpoint checkpoint = checkpoint_of(trainer_);
  if (directory_) directory_->save(checkpoint);
  saved_ = seconds_;
}

/// Films a whole match of a team, on the CPU: against itself with actions sampled as in training, or against a bot with
/// mean actions.
void TrainingRun::film(const std::string& name, Networks networks, const std::string& bot) {
  for (Network& network : networks) network = on_device(network, at::kCPU);
  const bool itself = bot.empty();
  const Policy team =
      team_policy(itself ? name + " %" : "trained", networks, itself ? Decisions::sampled : Decisions::mean);
  const RecordedMatches match = record_matches(config_.rules, team, itself ? team : make_bot(bot),
                                               static_cast<std::uint64_t>(config_.train.seed), 1);
  save_matches(directory_->match(name).string(), match);
  const std::filesystem::path path = directory_->video(name);
  try {
    const std::string score = film_match(match, path, itself ? small_video : wide_video);
    progress_line_.clear();
    spdlog::info("video {} ({})", path.string(), score);
  } catch (const std::exception& error) {  // a failed video must not end the training
    progress_line_.clear();
    spdlog::warn("no video: {}", error.what());
  }
}

/// Plays a team against the ladder, with mean actions; the training threads share the matches, and ranks the opponents.
Measured TrainingRun::measure(const Networks& networks, const EvaluationOptions& options, const Ranks& ranks) {
  return matchday::measure(config_.rules, team_policy("team", networks, Decisions::mean), *ladder_, options, ranks);
}

/// Evaluates the present team, for the logs and the progress line; saves it if it is the best so far.
void TrainingRun::evaluate() {
  const TrainOptions& options = config_.train;
  RecordFlags flags;
  if (options.record_every > 0 && directory_)
    flags = {directory_->matches(trainer_.iteration()).string(), options.record_every, options.record == Record::goals};
  MatchRecorder recorder(flags);
  // Matches that are kept as files are all played by rank 0, which writes them.
  const bool shared = options.record_every == 0;
  double elo = 0.0;
  if (shared || directory_) {
    const Measured measured = measure(trainer_.networks(),
                                      {.matches = matches_on_the_way,
                                       .seed = seed_on_the_way,
                                       .device = device_,
                                       .record = recorder.callback(),
                                       .thread_pool = &trainer_.thread_pool()},
                                      shared ? trainer_.ranks() : Ranks());
    elo = measured.rating.elo;
    if (directory_) log(measured);
  }
  recorder.save(true);
  elo = trainer_.ranks().from_leader(elo);
  if (!(elo > best_)) return;
  best_ = elo;
  const Checkpoint checkpoint = checkpoint_of(trainer_);
  if (directory_) directory_->save_as("best", checkpoint);
}

void TrainingRun::log(const Measured& measured) {
  std::vector<Score> scores;
  for (std::size_t k = 0; k < measured.evaluations.size(); ++k)
    scores.push_back({ladder_->rungs[k].policy.name, measured.evaluations[k].both()});
  directory_->log_evaluation(so_far(), measured.rating, scores);
  evaluated_ = trainer_.iteration();
  strength_ = "  " + text_of(measured.rating);
}

/// The closing table of the best team, and the last team's rating: both from matches by which no team was chosen.
std::string TrainingRun::told_of(const Checkpoint& best) {
  const EvaluationOptions options{.matches = config_.train.evaluation_matches,
                                  .seed = seed_at_the_end,
                                  .device = device_,
                                  .thread_pool = &trainer_.thread_pool()};
  const Measured measured = measure(best.networks, options);
  const Policy team = team_policy("team", best.networks, Decisions::mean);
  std::vector<Policy> others{team_policy("untrained self", untrained_, Decisions::mean)};
  for (const std::string& bot : unseen_bot_names()) {
    others.push_back(make_bot(bot));
    others.back().name += " (never trained against)";
  }
  const std::vector<Evaluation> against_others = matchday::evaluate(config_.rules, team, others, options);
  std::vector<TableRow> rows{{others[0].name, against_others[0]}};
  for (std::size_t k = 0; k < measured.evaluations.size(); ++k)
    rows.push_back({ladder_->rungs[k].policy.name, measured.evaluations[k]});
  for (std::size_t k = 1; k < others.size(); ++k) rows.push_back({others[k].name, against_others[k]});
  const bool last = best.iteration == trainer_.iteration();
  std::string text = fmt::format("{} team, after {}: {}\n", last ? "the last" : "the best", millions(best.match_steps),
                                 text_of(measured.rating));
  if (!last) {
    const Rating at_the_end = measure(trainer_.networks(), options).rating;
    text += fmt::format("{}: {} after {}\n",
                        clearly_above(measured.rating, at_the_end)
                            ? "the run ended weaker than it was, by more than the ratings' intervals"
                            : "the run's end is no worse, as far as the ratings' intervals tell",
                        text_of(at_the_end), millions(trainer_.match_steps()));
  }
  return text + "\n" + results_table("trained team", rows);
}

}  // namespace matchday
