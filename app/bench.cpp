// matchday bench, and its benchmark of the simulation alone.
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/bench_output.h"
#include "app/commands.h"
#include "app/flags.h"
#include "bench/sim_bench.h"
#include "rules/bad_input.h"
#include "rules/fields.h"
#include "train/device.h"

namespace matchday {
namespace {

/// Other simulators' speed, simulating alone on two cores as in docs/performance.md (match-steps/s, 2026-11-22).
struct Peer {
  Game game;
  const char* name;
  double match_steps_per_second;
};
constexpr Peer peers[] = {
    {Game::footyai_v2, "FootyAI V2, 8192 matches", 4.2e6},
    {Game::arena, "SimpleSoccer 5v5", 0.12e6},
    {Game::arena, "VMAS football 5v5", 0.07e6},
};

struct BenchFlags {
  std::vector<std::string> presets{"arena", "footyai-v2"};
  std::vector<std::string> backends{"reference", "tensor", "native"};
  std::vector<std::int64_t> matches{64, 1024, 8192, 65536, 262144};
  std::vector<std::int64_t> players;
  std::vector<std::int64_t> substeps;
  std::vector<std::string> sets;
  std::string play = "random";
  std::string device = "auto";
  int threads = 0;
  double seconds = 0.5;
  bool json = false;
  std::string csv;
};

/// One line of results.
struct BenchRow {
  Rules rules;
  std::string backend;
  std::string device;
  std::string play;
  std::int64_t matches;
  int threads;
  bench::SimBenchResult result;

  double player_steps_per_second() const { return result.match_steps_per_second * 2 * rules.players; }
  double fraction() const { return result.match_steps_per_second / result.bound; }
};

nlohmann::ordered_json json_of(const BenchRow& row) {
  return {
      {"what", "sim"},
      {"preset", game_name(row.rules.game)},
      {"backend", row.backend},
      {"instructions", row.result.instructions},
      {"device", row.device},
      {"matches", row.matches},
      {"precision", "fp32"},
      {"graphs", "off"},
      {"threads", row.threads},
      {"players", row.rules.players},
      {"substeps", row.rules.substeps},
      {"play", row.play},
      {"match_steps_per_second", std::round(row.result.match_steps_per_second)},
      {"player_steps_per_second", std::round(row.player_steps_per_second())},
      {"fraction_of_bound", row.fraction()},
      {"bound", std::round(row.result.bound)},
      {"bound_by", row.result.bound_by},
      {"bytes_per_match_step", row.result.bytes_per_match_step},
      {"operations_per_match_step", row.result.operations_per_match_step},
      {"divisions_per_match_step", row.result.divisions_per_match_step},
      {"signature", fmt::format("{:016x}", row.result.signature)},
  };
}

std::string line_of(const BenchRow& row) {
  return fmt::format("{:<11} {:>3} {:>3} {:<10} {:<11} {:>8} {:>3}  {:>10} {:>12} {:>9} {:>6.1f} %  {}",
                     game_name(row.rules.game), row.rules.players, row.rules.substeps, row.backend,
                     row.result.instructions, row.matches, row.threads, in_short(row.result.match_steps_per_second),
                     in_short(row.player_steps_per_second()), in_short(row.result.bound), 100.0 * row.fraction(),
                     row.result.bound_by);
}

void print_summary(const std::vector<BenchRow>& rows) {
  const BenchRow* last = nullptr;
  for (const BenchRow& row : rows) {
    if (last == nullptr || last->rules.game != row.rules.game || last->rules.players != row.rules.players ||
        last->rules.substeps != row.rules.substeps)
      fmt::print(
          "{}, {} a side: a match-step moves {:.0f} bytes and takes {:.0f} operations and {:.1f} divisions or "
          "roots; signature {:016x}, as the reference core's\n",
          game_name(row.rules.game), row.rules.players, row.result.bytes_per_match_step,
          row.result.operations_per_match_step, row.result.divisions_per_match_step, row.result.signature);
    last = &row;
  }
  for (const Peer& peer : peers) {
    double best = 0.0;
    for (const BenchRow& row : rows)
      if (row.rules.game == peer.game && row.rules.players == 5 && row.device == "cpu")
        best = std::max(best, row.result.match_steps_per_second);
    if (best > 0.0)
      fmt::print("{}, measured on two such cores: {}; the best above is {:.1f} times that\n", peer.name,
                 in_short(peer.match_steps_per_second), best / peer.match_steps_per_second);
  }
}

/// The rules of every preset, for every number of players and substeps that was asked for.
std::vector<Rules> rules_of(const BenchFlags& flags) {
  std::vector<Rules> all;
  for (const std::string& preset : flags.presets) {
    const Rules base = load_config({}, preset, flags.sets).rules;
    for (const std::int64_t players : flags.players.empty() ? std::vector<std::int64_t>{base.players} : flags.players)
      for (const std::int64_t substeps :
           flags.substeps.empty() ? std::vector<std::int64_t>{base.substeps} : flags.substeps) {
        Rules rules = base;
        rules.players = static_cast<std::int32_t>(players);
        rules.substeps = static_cast<std::int32_t>(substeps);
        if (const auto text = problem(rules)) throw BadInput(*text);
        all.push_back(rules);
      }
  }
  return all;
}

void bench_sim(const BenchFlags& flags) {
  const at::Device device = find_device(flags.device);
  const int threads = flags.threads > 0 ? flags.threads : at::get_num_threads();
  const std::vector<Rules> all_rules = rules_of(flags);
  BenchOutput output(
      flags.json, flags.csv,
      fmt::format("{:<11} {:>3} {:>3} {:<10} {:<11} {:>8} {:>3}  {:>10} {:>12} {:>9} {:>8}", "preset", "N", "sub",
                  "backend", "runs on", "matches", "thr", "match-st/s", "player-st/s", "bound", "reached"));
  std::vector<BenchRow> rows;
  for (const Rules& rules : all_rules)
    for (const std::string& backend : flags.backends)
      for (const std::int64_t matches : flags.matches) {
        // The reference core plays match after match, so that its speed does not depend on the batch.
        const bool reference = backend == "reference";
        if (reference && matches != flags.matches.front()) continue;
        const bench::SimBenchOptions options{
            .rules = rules,
            .backend = backend,
            .device = reference ? at::Device(at::kCPU) : device,
            .matches = matches,
            .threads = reference ? 1 : threads,
            .play = flags.play == "chasing" ? bench::Play::chasing : bench::Play::random,
            .seconds = flags.seconds,
        };
        rows.push_back({rules, backend, options.device.str(), flags.play, matches, options.threads,
                        bench::bench_simulation(options)});
        output.add(json_of(rows.back()), line_of(rows.back()));
      }
  if (!flags.json) print_summary(rows);
}

}  // namespace

void add_bench_command(CLI::App& app, int& exit_code) {
  add_benchmarks(*app.add_subcommand("bench", "Measure how fast this machine plays, against what it could do."),
                 exit_code);
}

void add_benchmarks(CLI::App& command, int& exit_code) {
  auto flags = std::make_shared<BenchFlags>();
  command.require_subcommand(1);
  add_training_benchmarks(command, exit_code);
  add_sums_benchmark(command, exit_code);
  CLI::App* sim = command.add_subcommand(
      "sim", "Simulation alone: given actions in; next state, rewards and both teams' observations out.");
  const auto list = [&](const char* flag, auto& values, const char* help) {
    return sim->add_option(flag, values, help)->delimiter(',')->capture_default_str();
  };
  std::vector<std::string> names;
  for (const Preset& preset : presets) names.emplace_back(preset.name);
  list("--preset", flags->presets, "rules to play by")->check(CLI::IsMember(names));
  list("--backend", flags->backends, "reference, tensor, native")
      ->check(CLI::IsMember({"reference", "tensor", "native"}));
  list("--matches", flags->matches, "played at once")->check(CLI::Range(1, 1 << 22));
  list("--players", flags->players, "in a team (default: the preset's)");
  list("--substeps", flags->substeps, "of a step (default: the preset's)");
  sim->add_option("--set", flags->sets, "change a key of the config: key=value")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  sim->add_option("--play", flags->play, "random actions, or everybody chasing the ball")
      ->check(CLI::IsMember({"random", "chasing"}))
      ->capture_default_str();
  sim->add_option("--device", flags->device, "auto, cpu, cuda or cuda:N")->capture_default_str();
  sim->add_option("--threads", flags->threads, "0: as many as torch takes")->check(CLI::Range(0, 1024));
  sim->add_option("--seconds", flags->seconds, "of each of the five runs of which the best counts")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  sim->add_flag("--json", flags->json, "one JSON object a line");
  sim->add_option("--csv", flags->csv, "write the rows to this file too")->type_name("FILE");
  sim->callback([flags, &exit_code] {
    bench_sim(*flags);
    exit_code = 0;
  });
}

}  // namespace matchday
