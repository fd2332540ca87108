// matchday train: self-play from nothing to a team, with everything that it leaves in its run folder.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "app/commands.h"
#include "app/curves.h"
#include "app/film.h"
#include "app/flags.h"
#include "app/progress.h"
#include "app/table.h"
#include "app/teams.h"
#include "rules/presets.h"
#include "train/device.h"
#include "train/evaluation.h"
#include "train/memory.h"
#include "train/run_directory.h"

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

/// A training run under way.
struct Run {
  Config config;
  at::Device device;
  Trainer trainer;
  RunDirectory directory;
  ProgressLine progress_line;

  /// Films a whole match of the team as it is now, on the CPU: against itself, sampling as in training, or against a
  /// bot, as it plays when it is sure.
  void film(const std::string& name, const std::string& bot = "") {
    Networks networks = trainer.checkpoint().networks;
    for (Network& network : networks) network = on_device(network, at::kCPU);
    const bool itself = bot.empty();
    const Policy team =
        team_policy(itself ? name + " %" : "trained", networks, itself ? Decisions::sampled : Decisions::mean);
    const std::filesystem::path path = directory.video(name);
    const std::string score =
        film_match(config.rules, team, itself ? team : make_bot(bot), static_cast<std::uint64_t>(config.train.seed),
                   path, itself ? small_video : wide_video);
    progress_line.clear();
    spdlog::info("video {} ({})", path.string(), score);
  }

  void save(const std::string& name) { directory.save(name, trainer.checkpoint()); }

  /// Gives the seconds of training. Stops at the end of the run or at Ctrl-C.
  double train() {
    const TrainOptions& options = config.train;
    Occasions videos(options.video_every);
    Occasions evaluations(options.evaluate_every);
    double seconds = 0.0;
    double saved = 0.0;
    double progress = 0.0;
    double skipped = 0.0;
    std::string strength;
    while (progress < 1.0 && interrupted_by == 0) {
      if (videos.due(progress)) film(fmt::format("{:03.0f}", 100.0 * progress));
      if (evaluations.due(progress) && options.evaluation_matches > 0) strength = evaluate_now(seconds);
      const Stopwatch watch;
      const Figures figures = trainer.iterate(progress);
      seconds += watch.seconds();
      progress = progress_of(options, trainer.iteration(), seconds);
      if (!figures.empty()) directory.log(figures, seconds);
      const auto match_steps = static_cast<double>(trainer.match_steps());
      progress_line.show(progress, seconds,
                         fmt::format("{:.2f} M match-steps  {:.0f} k/s  goals {:.2f}  sigma {:.2f}{}",
                                     match_steps * 1e-6, match_steps * 1e-3 / seconds,
                                     figure(figures, "goals_per_match"), figure(figures, "sigma"), strength));
      if (const double now = figure(figures, "skipped_updates"); now > std::exchange(skipped, now)) {
        progress_line.clear();
        spdlog::warn("iteration {:.0f}: the gradient of {} was not finite; updates left out so far: {:.0f}",
                     figure(figures, "iteration"), trainer.bad_tensor(), now);
      }
      if (options.checkpoint_minutes > 0.0 && seconds - saved >= 60.0 * options.checkpoint_minutes) {
        save("latest");
        saved = seconds;
      }
    }
    if (const Figures last = trainer.last_figures(); !last.empty()) directory.log(last, seconds);
    progress_line.clear();
    save("latest");
    if (interrupted_by == 0 && options.video_every > 0.0) film("against-role", "role");
    if (interrupted_by == 0 && options.evaluate_every > 0.0 && options.evaluation_matches > 0) {
      evaluate_now(seconds);
      const std::filesystem::path curves = directory.path() / "curves.png";
      save_curves(curves, {{"this run", directory.path()}}, CurvesOver::match_steps);
      spdlog::info("curves {}", curves.string());
    }
    return seconds;
  }

  static std::vector<Policy> bots() {
    std::vector<Policy> all;
    for (const std::string& bot : bot_names()) all.push_back(make_bot(bot));
    return all;
  }

  /// The team as it is now against each of these, with mean actions; the training threads share the opponents.
  std::vector<TableRow> play(const std::vector<Policy>& opponents, std::int64_t matches) {
    const Policy team = team_policy("team", trainer.checkpoint().networks, Decisions::mean);
    std::vector<TableRow> rows(opponents.size());
    trainer.workers().share_out(static_cast<std::int64_t>(opponents.size()), [&](std::int64_t k) {
      const Policy& opponent = opponents[static_cast<std::size_t>(k)];
      rows[static_cast<std::size_t>(k)] = {
          opponent.name, evaluate(config.rules, team, opponent, {.matches = matches, .device = device})};
    });
    return rows;
  }

  /// A few matches against every bot, for the curves; gives the goal differences to the strong ones for the progress
  /// line.
  std::string evaluate_now(double seconds) {
    constexpr std::int64_t matches = 64;  // on each side; a standard error of about 0.15 goals
    std::string text = "  ahead of";
    std::vector<BotScore> scores;
    for (const TableRow& row : play(bots(), matches)) {
      scores.push_back({row.opponent, row.evaluation.both()});
      if (row.opponent == "chaser" || row.opponent == "keeper" || row.opponent == "role")
        text += fmt::format(" {} {:+.1f}", row.opponent, goal_difference(scores.back().tally));
    }
    directory.log_evaluation(trainer.iteration(), trainer.match_steps(), seconds, scores);
    return text;
  }

  /// The trained team against the bots and its untrained self, with mean actions.
  std::string closing_table(const Checkpoint& untrained) {
    std::vector<Policy> opponents = bots();
    opponents.insert(opponents.begin(), team_policy("untrained self", untrained.networks, Decisions::mean));
    return results_table("trained team", play(opponents, config.train.evaluation_matches));
  }
};

int train(Config config, bool as_many_as_fit, const std::string& run_path) {
  const at::Device device = find_device(config.train.device);
  if (as_many_as_fit) {
    const std::optional<std::int64_t> most = most_matches(config, device);
    if (!most)
      throw BadInput(fmt::format("{} does not say how much memory it has; name a number of matches", device.str()));
    config.train.matches = *most;
  }
  require_room(config, device);
  Run run{config,
          device,
          Trainer(config, device),
          RunDirectory(run_path.empty() ? new_run_path(config) : std::filesystem::path(run_path), config),
          {}};
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);

  spdlog::info("{}, {} a side, {} matches at once on {}, seed {}", preset_name(config.rules.game), config.rules.players,
               config.train.matches, device.str(), config.train.seed);
  spdlog::info("run folder {}", run.directory.path().string());
  run.save("untrained");
  const Checkpoint untrained =
      load_checkpoint((run.directory.path() / "checkpoints/untrained.safetensors").string(), device);

  const double seconds = run.train();
  const std::string rate =
      fmt::format("{:.2f} M match-steps in {} of training, {:.0f} match-steps/s",
                  static_cast<double>(run.trainer.match_steps()) * 1e-6, minutes_and_seconds(seconds),
                  static_cast<double>(run.trainer.match_steps()) / std::max(seconds, 1e-9));
  spdlog::info(rate);
  const std::string latest = (run.directory.path() / "checkpoints/latest.safetensors").string();
  if (interrupted_by != 0) {
    spdlog::info("interrupted; saved {} (matchday eval and matchday play take it)", latest);
    return 128 + interrupted_by;  // as shells have it
  }
  std::string summary = rate + "\n";
  if (config.train.evaluation_matches > 0) {
    const std::string table = run.closing_table(untrained);
    fmt::print("\n{}\n", table);
    summary += "\n" + table;
  }
  run.directory.write_summary(summary);
  spdlog::info("saved {}; see it play: matchday play {}", latest, run.directory.path().string());
  return 0;
}

}  // namespace

void add_train_command(CLI::App& app, int& exit_code) {
  struct Flags : ConfigFlags {
    std::string run;
    bool as_many_as_fit = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("train", "Teach a team by self-play.");
  command->add_option("config", flags->file, "TOML file (info --config lists its keys)")->type_name("CONFIG");
  add_rules_flags(*command, *flags);
  command
      ->add_option_function<std::string>(
          "--matches",
          [flags](const std::string& value) {
            flags->as_many_as_fit = value == "auto";
            if (value != "auto") flags->sets.push_back("train.matches=" + value);
          },
          "how many are played at once; auto: the largest power of two that finds room in memory")
      ->type_name("VALUE");
  add_set_flag(*command, *flags, "--iterations", "train.iterations", "length of the run in iterations");
  add_set_flag(*command, *flags, "--minutes", "train.minutes", "length of the run in minutes");
  add_set_flag(*command, *flags, "--seed", "train.seed", "what every random number follows from");
  add_set_flag(*command, *flags, "--device", "train.device", "auto, cpu, cuda, cuda:N or mps");
  command->add_option("--run", flags->run, "run folder (default: runs/PRESET-DATE-TIME)")->type_name("DIR");
  command->callback([flags, &exit_code] { exit_code = train(flags->load(), flags->as_many_as_fit, flags->run); });
}

}  // namespace matchday
