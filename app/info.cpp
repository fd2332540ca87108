// matchday info: what this program, this machine, a preset or a checkpoint is.
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/cuda.h>
#include <torch/mps.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/program_version.h"
#include "app/teams.h"
#include "evaluate/match_file.h"
#include "formats/signature.h"
#include "kernels/cpu/kernels.h"
#include "rules/field.h"
#include "rules/fields.h"
#include "rules/observation.h"
#include "rules/presets.h"
#include "run/checkpoint.h"
#include "train/collectives.h"
#include "train/device.h"
#include "train/memory.h"
#include "version.h"

namespace matchday {
namespace {

struct InfoFlags {
  std::string checkpoint;
  std::string preset = "arena";
  bool config = false;
};

void print_blocks(const std::vector<ObservationBlock>& blocks) {
  int first = 0;
  for (const ObservationBlock& block : blocks) {
    const int size = block.count * static_cast<int>(block.components.size());
    fmt::print("  {:>3}..{:<3}  {:<36} {:>2} x ({})\n", first, first + size - 1, block.name, block.count,
               fmt::join(block.components, ", "));
    first += size;
  }
}

void print_observation(const Rules& rules) {
  fmt::print("Observation of a team, D = {} numbers (L, W: half the pitch's length and width; r: to the ball):\n",
             observation_size(rules));
  print_blocks(observation_blocks(rules));
  fmt::print(
      "Observation of a player, D = {} numbers, in the own view (r: from the player to the other or the ball):\n",
      player_observation_size(rules.players));
  print_blocks(player_observation_blocks(rules));
  fmt::print("Action of a player: move x, move y, kick x, kick y; seen {}.\n",
             sees_own_side(rules) ? "from the own side, attacking +x" : "from above by both teams");
}

/// The memory that training takes, and how many matches fit on this machine.
void print_memory(const Config& config) {
  const at::Device device = find_device("auto");
  fmt::print("Training takes {:.0f} kB a match, {:.1f} MB for {} matches", bytes_of_match(config, device) * 1e-3,
             bytes_of_training(config, device) * 1e-6, config.train.matches);
  if (const auto most = most_matches(config, device)) fmt::print("; {} find room on {}", *most, device.str());
  fmt::print(".\n");
}

void print_program() {
  fmt::print("{}\nDevices: cpu ({} threads)", program_version(), at::get_num_threads());
  if (torch::cuda::is_available()) fmt::print(", {} cuda", torch::cuda::device_count());
  if (torch::mps::is_available()) fmt::print(", mps");
  fmt::print(
      "\nBackends: reference (one match, for reading and checking), tensor (any torch device), native (our kernels: "
      "{}{})"
      "\nCollectives for several ranks: {}"
      "\n\nPresets:\n",
      kernels::cpu_kernels().instruction_set, *cuda_version ? " and CUDA" : "", collectives_names());
  for (const PresetName& preset : preset_names()) fmt::print("  {:<11} {}\n", preset.name, preset.summary);
  fmt::print("\nBots:\n");
  for (int bot = 0; bot < bot_count; ++bot)
    fmt::print("  {:<11} {}{}\n", names_of_bots[bot], summaries_of_bots[bot],
               bot < training_bot_count ? "" : " (held out of all training)");
}

void print_checkpoint(const std::string& path) {
  const Checkpoint checkpoint = load_checkpoint(path, at::kCPU);
  std::int64_t weights = 0;
  for (const Network& network : checkpoint.networks)
    for (const NamedTensor& parameter : parameters(network)) weights += parameter.tensor.numel();
  fmt::print("{}: {} network(s), {} weights, {} iterations, {} match-steps; written by matchday {}, rules {}\n", path,
             checkpoint.networks.size(), weights, checkpoint.iteration, checkpoint.match_steps, checkpoint.written_by,
             rules_hash(checkpoint.config.rules));
  const auto pool = checkpoint.training.find("pool.iteration");
  if (checkpoint.training.empty())
    fmt::print("A team to play with; its run can't go on from here.\n");
  else
    fmt::print("Holds its run: optimiser, matches under way, order of samples, a pool of {}; train --resume goes on.\n",
               pool == checkpoint.training.end() ? 0 : pool->second.numel());
  fmt::print("\n{}\n", to_toml(checkpoint.config));
  print_observation(checkpoint.config.rules);
}

void print_matches(const std::string& path) {
  const RecordedMatches recorded = load_matches(path);
  fmt::print("{}: {}; written by matchday {}, rules {}\n\n{}", path, summary(recorded), recorded.written_by,
             rules_hash(recorded.rules), rules_toml(recorded.rules));
}

void print_file(const std::string& path) {
  if (holds_matches(path))
    print_matches(path);
  else
    print_checkpoint(path);
}

int info(const InfoFlags& flags) {
  if (!flags.checkpoint.empty()) {
    print_file(checkpoint_path(flags.checkpoint));
  } else if (flags.config) {
    fmt::print("{}", describe_config(flags.preset));
  } else {
    const Rules rules = default_config(flags.preset).rules;
    print_program();
    fmt::print("\n{}: {} a side, {} steps, pitch {:g} x {:g} u\n", flags.preset, rules.players, rules.steps,
               2.0F * rules.half_length, 2.0F * rules.half_width);
    print_observation(rules);
    print_memory(default_config(flags.preset));
  }
  return 0;
}

}  // namespace

void add_info_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<InfoFlags>();
  CLI::App* command =
      app.add_subcommand("info", "Show versions, devices, presets and the observation table, or a checkpoint.");
  command
      ->add_option("checkpoint", flags->checkpoint,
                   "what is in this file (also one of matches), or in a run folder's best")
      ->type_name("CHECKPOINT");
  command->add_option("--preset", flags->preset, "rules of the observation table and of --config")
      ->capture_default_str();
  command->add_flag("--config", flags->config, "list every key of the config: default, range, help");
  command->callback([flags, &exit_code] { exit_code = info(*flags); });
}

}  // namespace matchday
