// matchday bench rollout and bench train: the speed of play with networks, and of training.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/bench_output.h"
#include "app/commands.h"
#include "app/flags.h"
#include "bench/sim_bench.h"
#include "bench/train_bench.h"
#include "rules/bad_input.h"
#include "rules/presets.h"
#include "train/device.h"
#include "train/memory.h"

namespace matchday {
namespace {

struct TrainingFlags {
  std::vector<std::string> presets{"arena", "footyai-v2"};
  std::vector<std::int64_t> matches;
  std::vector<std::int64_t> threads{0};
  std::vector<std::string> networks;
  std::vector<std::string> precisions{"auto"};
  std::vector<std::string> sets;
  std::string device = "auto";
  double seconds = 1.0;
  bool json = false;
  std::string csv;
};

std::string heading() {
  return fmt::format("{:<10} {:<11} {:>3} {:<9} {:<7} {:<4} {:>8} {:>4}  {:>10} {:>12} {:>9} {:>8}", "what", "preset",
                     "N", "algorithm", "network", "prec", "matches", "thr", "match-st/s", "player-st/s", "bound",
                     "reached");
}

void add_row(BenchOutput& output, const std::string& what, const Config& config, at::Device device, int threads,
             const bench::TrainBenchResult& result) {
  const double players = 2.0 * config.rules.players;
  const std::string precision = what == "sim" || precision_of(config.train, device) == at::kFloat ? "fp32" : "bf16";
  const double reached = result.match_steps_per_second / result.bound;
  output.add(
      {
          {"what", what},
          {"preset", game_name(config.rules.game)},
          {"backend", "native"},
          {"device", device.str()},
          {"matches", config.train.matches},
          {"precision", precision},
          {"graphs", result.graphs ? "on" : "off"},
          {"threads", threads},
          {"players", config.rules.players},
          {"network", name_of(config.network.agent)},
          {"algorithm", name_of(config.train.algorithm)},
          {"match_steps_per_second", std::round(result.match_steps_per_second)},
          {"player_steps_per_second", std::round(players * result.match_steps_per_second)},
          {"fraction_of_bound", reached},
          {"bound", std::round(result.bound)},
          {"bound_by", result.bound_by},
          {"flops_per_match_step", result.flops_per_match_step},
          {"bytes_per_match_step", result.bytes_per_match_step},
          {"product_peak", std::round(result.product_peak)},
          {"signature", fmt::format("{:016x}", result.signature)},
      },
      fmt::format("{:<10} {:<11} {:>3} {:<9} {:<7} {:<4} {:>8} {:>4}  {:>10} {:>12} {:>9} {:>6.1f} %  {}", what,
                  game_name(config.rules.game), config.rules.players, name_of(config.train.algorithm),
                  name_of(config.network.agent), precision, config.train.matches, threads,
                  in_short(result.match_steps_per_second), in_short(players * result.match_steps_per_second),
                  in_short(result.bound), 100.0 * reached, result.bound_by));
}

/// The configs that were asked for: every preset with every network, batch and number of threads.
std::vector<Config> configs_of(const TrainingFlags& flags) {
  std::vector<Config> all;
  for (const std::string& preset : flags.presets) {
    const Config base = load_config({}, preset, flags.sets);
    const std::vector own_agent{std::string(name_of(base.network.agent))};
    for (const std::string& network : flags.networks.empty() ? own_agent : flags.networks)
      for (const std::int64_t matches : flags.matches.empty() ? std::vector{base.train.matches} : flags.matches)
        for (const std::int64_t threads : flags.threads)
          for (const std::string& precision : flags.precisions) {
            Config config = base;
            config.network.agent = value_called<Agent>(network).value();
            config.train.matches = matches;
            config.train.threads = threads;
            config.train.precision = value_called<Precision>(precision).value();
            if (const auto text = problem(config)) throw BadInput(*text);
            all.push_back(config);
          }
  }
  return all;
}

void bench_training(const std::vector<std::string>& figures, const TrainingFlags& flags) {
  const at::Device device = find_device(flags.device);
  const std::vector<Config> configs = configs_of(flags);
  BenchOutput output(flags.json, flags.csv, heading());
  for (const Config& config : configs) {
    require_room(config, device);
    for (const std::string& what : figures) {
      // The simulation has only one precision.
      if (what == "sim" && name_of(config.train.precision) != flags.precisions.front()) continue;
      const int threads = threads_of(config.train, device);
      if (what != "sim") {
        const bench::TrainBenchResult result = bench::bench_training({config, device, what == "train", flags.seconds});
        add_row(output, what, config, device, threads, result);
        continue;
      }
      const bench::SimBenchResult result = bench::bench_simulation({.rules = config.rules,
                                                                    .device = device,
                                                                    .matches = config.train.matches,
                                                                    .threads = threads,
                                                                    .seconds = flags.seconds});
      add_row(output, what, config, device, threads,
              {result.match_steps_per_second, result.bound, result.bound_by, result.operations_per_match_step,
               result.bytes_per_match_step, 0.0, false, result.signature});
    }
  }
}

}  // namespace

void add_training_benchmarks(CLI::App& command, int& exit_code) {
  for (const std::string what : {"all", "rollout", "train"}) {
    const char* help = what == "all"       ? "The three figures: simulation alone, with inference, with training."
                       : what == "rollout" ? "Simulation with inference: matches played by networks, all of it stored."
                                           : "With training: whole iterations of rollout, returns and update.";
    auto flags = std::make_shared<TrainingFlags>();
    CLI::App* bench = command.add_subcommand(what, help);
    const auto list = [&](const char* flag, auto& values, const char* of) {
      return bench->add_option(flag, values, of)->delimiter(',');
    };
    std::vector<std::string> names;
    for (const Preset& preset : presets) names.emplace_back(preset.name);
    list("--preset", flags->presets, "rules, network and training")->check(CLI::IsMember(names))->capture_default_str();
    list("--matches", flags->matches, "played at once (default: the preset's)")->check(CLI::Range(1, 1 << 24));
    list("--network", flags->networks, "player, team (default: the preset's)")
        ->check(CLI::IsMember({"player", "team"}));
    list("--precision", flags->precisions, "auto, fp32, bf16")
        ->check(CLI::IsMember({"auto", "fp32", "bf16"}))
        ->capture_default_str();
    list("--threads", flags->threads, "0: all cores")->check(CLI::Range(0, 4096))->capture_default_str();
    bench->add_option("--set", flags->sets, "change a key of the config: key=value")
        ->type_name("KEY=VALUE")
        ->take_all();
    bench->add_option("--device", flags->device, "auto, cpu, cuda or cuda:N")->capture_default_str();
    bench->add_option("--seconds", flags->seconds, "of each of the five runs of which the best counts")
        ->check(CLI::Range(0.001, 3600.0))
        ->capture_default_str();
    bench->add_flag("--json", flags->json, "one JSON object a line");
    bench->add_option("--csv", flags->csv, "write the rows to this file too")->type_name("FILE");
    bench->callback([flags, what, &exit_code] {
      bench_training(what == "all" ? std::vector<std::string>{"sim", "rollout", "train"} : std::vector{what}, *flags);
      exit_code = 0;
    });
  }
}

}  // namespace matchday
