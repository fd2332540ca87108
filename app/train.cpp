// matchday train: trains a team from scratch by self-play and writes its run folder.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "app/commands.h"
#include "app/flags.h"
#include "app/program_version.h"
#include "app/training_run.h"
#include "train/device.h"
#include "train/memory.h"

namespace matchday {
namespace {

struct TrainFlags : ConfigFlags {
  std::string run;
  std::optional<std::string> resume;
  bool go_on = false;
  bool as_many_as_fit = false;

  /// The run to resume, if any.
  std::optional<BegunRun> begun() const {
    if (resume) return find_run(*resume);
    if (go_on && run.empty()) throw BadInput("--continue needs the run's folder, --run");
    std::error_code error;
    if (go_on && std::filesystem::exists(std::filesystem::path(run) / "config.toml", error)) return find_run(run);
    return std::nullopt;
  }
};

/// Default number of matches at once on a GPU: enough that launches are predicted to take less than a fifth of its
/// time, few enough that as many iterations as on a CPU take as many minutes (docs/performance.md, "Training on a
/// GPU").
constexpr std::int64_t matches_on_gpu = 8192;

/// Whether a flag gives this key of [train]. A config file counts as giving every key.
bool names(const TrainFlags& flags, const std::string& key) {
  return flags.file || std::any_of(flags.sets.begin(), flags.sets.end(), [&](const std::string& set) {
           return set.starts_with(key + "=") || set.starts_with("train." + key + "=");
         });
}

/// A GPU's default run: more matches at once, and as many iterations as on a CPU.
void make_larger(TrainOptions& options, const TrainFlags& flags) {
  if (!names(flags, "match_steps")) options.match_steps *= matches_on_gpu / options.matches;
  options.matches = matches_on_gpu;
}

/// Throws BadInput on all ranks if they don't train the same team by the same program.
void require_same_run(const Ranks& ranks, const Config& config, const std::optional<BegunRun>& begun) {
  ranks.require_same("version of matchday or torch", program_version());
  ranks.require_same("config", to_toml(config));
  ranks.require_same("checkpoint to go on from", begun ? std::to_string(begun->checkpoint.iteration) : "");
}

Config new_config(const TrainFlags& flags) {
  Config config = flags.load();
  const at::Device device = find_device(config.train.device);
  if (!flags.as_many_as_fit) {
    // FootyAI's games keep the original's batch.
    if (!device.is_cpu() && traits_of(config.rules.game).has_discs && !names(flags, "matches"))
      make_larger(config.train, flags);
    return config;
  }
  const std::optional<std::int64_t> most = most_matches(config, device);
  if (!most)
    throw BadInput(fmt::format("{} does not say how much memory it has; name a number of matches", device.str()));
  config.train.matches = *most;
  return config;
}

int train(const TrainFlags& flags) {
  const std::optional<BegunRun> begun = flags.begun();
  if (begun && flags.as_many_as_fit) throw BadInput("--matches auto: the matches of a run that goes on can't change");
  Config config = begun ? config_to_go_on(begun->checkpoint.config, flags.sets) : new_config(flags);
  if (begun && config.train.shards == 0) config.train.shards = 1;  // begun before there were shards
  const at::Device device = find_device(config.train.device);
  const Ranks ranks = Ranks::join(device, {.shards = config.train.shards, .timeout = config.train.rank_timeout});
  config.train.shards = ranks.shards();
  if (flags.as_many_as_fit) config.train.matches = ranks.smallest(config.train.matches) * ranks.size();
  require_same_run(ranks, config, begun);
  require_room(config_of_part(config, ranks.size()), device);
  if (begun) return TrainingRun(config, device, *begun, ranks).finish();
  return TrainingRun(config, device, std::filesystem::path(flags.run), ranks).finish();
}

}  // namespace

void add_train_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<TrainFlags>();
  CLI::App* command = app.add_subcommand("train", "Teach a team by self-play.");
  CLI::Option* config =
      command->add_option("config", flags->file, "TOML file (info --config lists its keys)")->type_name("CONFIG");
  add_rules_flags(*command, *flags);
  command
      ->add_option_function<std::string>(
          "--matches",
          [flags](const std::string& value) {
            flags->as_many_as_fit = value == "auto";
            if (value != "auto") flags->sets.push_back("train.matches=" + value);
          },
          "how many are played at once (128, on a GPU 8192), by all ranks; auto: the largest power of two that finds "
          "room in memory, on each rank")
      ->type_name("VALUE");
  add_set_flag(*command, *flags, "--match-steps", "train.match_steps", "length of the run in match-steps, such as 5e6");
  add_set_flag(*command, *flags, "--iterations", "train.iterations", "length of the run in iterations");
  add_set_flag(*command, *flags, "--minutes", "train.minutes",
               "length of the run in minutes; beside another length: longest time for it");
  add_set_flag(*command, *flags, "--seed", "train.seed", "what every random number follows from");
  add_set_flag(*command, *flags, "--device", "train.device", "auto, cpu, cuda, cuda:N or mps");
  CLI::Option* run =
      command->add_option("--run", flags->run, "run folder (default: runs/PRESET-DATE-TIME)")->type_name("DIR");
  command
      ->add_option("--resume", flags->resume,
                   "go on with the run of this folder, from its latest checkpoint or the one that is named")
      ->type_name("RUN")
      ->excludes(config)
      ->excludes(run)
      ->excludes("--preset");
  command
      ->add_flag("--continue", flags->go_on,
                 "go on with the run in --run if there is one, else begin it: a command that can be repeated")
      ->excludes("--resume");
  command->callback([flags, &exit_code] { exit_code = train(*flags); });
}

}  // namespace matchday
