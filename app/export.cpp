// matchday export and import: policies for other programs, and from them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "app/commands.h"
#include "app/teams.h"
#include "export/policy_file.h"
#include "export/weights.h"
#include "files/atomic_file.h"
#include "formats/safetensors.h"
#include "rules/presets.h"

namespace matchday {
namespace {

struct ExportFlags {
  std::string checkpoint;
  std::string output;
  std::string format;
  std::string team;
  bool sampled = false;
};

struct ImportFlags {
  std::string file;
  std::string output;
  WeightsOptions options;
};

Format wanted_format(const ExportFlags& flags) {
  if (!flags.format.empty()) return format_called(flags.format);
  if (const auto format = format_of_ending(flags.output)) return *format;
  throw BadInput(flags.output + ": the output must end in .safetensors, .pt or .onnx, or --format say what it is");
}

/// The network of the team that was asked for.
Network wanted_network(const Checkpoint& checkpoint, const ExportFlags& flags) {
  const bool independent = checkpoint.networks.size() == 2;
  if (independent && flags.team.empty())
    throw BadInput(flags.checkpoint + ": each team has a network of its own; choose one by --team a or --team b");
  if (!independent && !flags.team.empty())
    throw BadInput(flags.checkpoint + ": both teams share one network, so that there is no --team to choose");
  return checkpoint.networks[flags.team == "b" ? 1 : 0];
}

/// The checkpoint in a file or a run folder. Throws BadInput.
Checkpoint checkpoint_called(const std::string& name) {
  const std::string path = checkpoint_path(name);
  if (std::error_code error; !std::filesystem::exists(path, error))
    throw BadInput(name + ": there is no such checkpoint or run folder");
  return load_checkpoint(path, at::kCPU);
}

void export_policy(const ExportFlags& flags) {
  const Format format = wanted_format(flags);
  require_other_file(flags.output, checkpoint_path(flags.checkpoint));
  const Checkpoint checkpoint = checkpoint_called(flags.checkpoint);
  const ExportedPolicy policy{checkpoint.config, wanted_network(checkpoint, flags),
                              flags.sampled ? Decisions::sampled : Decisions::mean};
  const Agreement agreement = write_policy(flags.output, format, policy);
  fmt::print("{}: {} observations, worst difference from the program's own actions {:.1e}\n", flags.output,
             agreement.compared, agreement.worst);
  fmt::print("{}", told_of_run(flags.checkpoint));
  if (agreement.undecided > 0)
    fmt::print("{} more were left out: rounding decides there which of two players is the nearer\n",
               agreement.undecided);
}

void import_policy(const ImportFlags& flags) {
  require_other_file(flags.output, flags.file);
  require_writable(flags.output);
  const Checkpoint checkpoint = read_weights(flags.file, flags.options);
  save_checkpoint(flags.output, checkpoint);
  const Rules& rules = checkpoint.config.rules;
  fmt::print("{}: a team of {}, {} a side\n", flags.output, game_name(rules.game), rules.players);
}

}  // namespace

void add_export_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<ExportFlags>();
  CLI::App* command = app.add_subcommand("export", "Write a trained policy as safetensors, TorchScript or ONNX.");
  command->add_option("checkpoint", flags->checkpoint, "checkpoint, run folder, or \"trained\"")
      ->required()
      ->type_name("CHECKPOINT");
  command->add_option("-o,--output", flags->output, "file to write: .safetensors, .pt or .onnx")->required();
  command->add_option("--format", flags->format, "whatever the file's ending")
      ->check(CLI::IsMember({"safetensors", "torchscript", "onnx"}));
  command->add_option("--team", flags->team, "whose network, where each team has its own")
      ->check(CLI::IsMember({"a", "b"}));
  command->add_flag("--sampled", flags->sampled, "actions drawn as in training instead of the mean");
  command->callback([flags, &exit_code] {
    export_policy(*flags);
    exit_code = 0;
  });
}

void add_import_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* command = app.add_subcommand("import", "Make a checkpoint of weights from FootyAI, or that export wrote.");
  command->add_option("weights", flags->file, "safetensors file")->required()->type_name("FILE");
  command->add_option("-o,--output", flags->output, "checkpoint to write")->required();
  command->add_option("--prefix", flags->options.prefix,
                      "before the tensors' names, where a file has several networks");
  command->add_option("--preset", flags->options.preset, "the game, where the network's shapes should not tell it");
  command->callback([flags, &exit_code] {
    import_policy(*flags);
    exit_code = 0;
  });
}

}  // namespace matchday
