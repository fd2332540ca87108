// matchday check: does this machine compute what the rules say?
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/flags.h"
#include "formats/safetensors.h"
#include "rules/bad_input.h"
#include "rules/presets.h"
#include "train/device.h"
#include "verify/equivalence.h"
#include "verify/recorded_play.h"
#include "verify/recorded_update.h"
#include "verify/saved_mismatch.h"

namespace matchday {
namespace {

struct CheckFlags : ConfigFlags {
  std::string recorded;
  std::int64_t matches = 100;
  std::int64_t steps = 0;
  std::uint64_t seed = 1;
  std::string device = "auto";
  std::string backend = "all";
  std::string save;
};

void print_mismatch(const Mismatch& mismatch) {
  fmt::print("MISMATCH: match {}, step {}, {}[{}]: expected {:.9g}, got {:.9g}\n", mismatch.match, mismatch.step,
             mismatch.field, mismatch.index, mismatch.expected, mismatch.actual);
}

/// Compares the backends with the reference core. Returns the exit code.
int check_backends(const Rules& rules, const CheckFlags& flags, at::Device device) {
  std::vector<std::string> names;
  std::vector<BackendKind> backends;
  for (const BackendKind backend : backends_on(device))
    if (flags.backend == "all" || flags.backend == backend_name(backend)) {
      backends.push_back(backend);
      names.push_back(backend_name(backend));
    }
  if (backends.empty()) throw BadInput(fmt::format("the {} backend does not play on {}", flags.backend, device.str()));
  if (!flags.save.empty()) require_writable(flags.save);
  const EquivalenceReport report = check_equivalence(
      rules,
      {.matches = flags.matches, .steps = flags.steps, .seed = flags.seed, .device = device, .backends = backends});
  fmt::print(
      "{}, {} a side: reference against {} on {}: {} matches, {} match-steps, {} goals, {} new starts, "
      "{} non-finite actions, signature {:016x}\n",
      game_name(rules.game), rules.players, fmt::join(names, " and "), device.str(), flags.matches, report.match_steps,
      report.goals, report.resets, report.nonfinite_actions, report.signature);
  if (report.mismatch) {
    print_mismatch(*report.mismatch);
    if (!flags.save.empty()) {
      save_mismatch(flags.save, rules, report, device);
      fmt::print("the state before that step is in {}\n", flags.save);
    }
    return 1;
  }
  fmt::print("equal, bit for bit\n");
  return 0;
}

int check_play(const Rules& rules, const RecordedPlay& recording, at::Device device) {
  const RecordedReport report = check_recorded_play(rules, recording, device);
  for (const auto& [field, error] : report.worst_error) fmt::print("  {:<18} worst error {:.3g}\n", field, error);
  fmt::print("{} steps; {} of them decided by less than {:g} u, {} of these came out otherwise\n", report.steps,
             report.near_threshold, recorded_tolerance, report.near_threshold_differing);
  if (report.mismatch) {
    print_mismatch(*report.mismatch);
    return 1;
  }
  fmt::print("as recorded\n");
  return 0;
}

int check_update(const RecordedPlay& recording, at::Device device) {
  const UpdateReport report = check_recorded_update(recording, device);
  for (const QuantityError& quantity : report.errors)
    fmt::print("  {:<36} relative error {:.3g} (at most {:g})\n", quantity.name, quantity.error, quantity.tolerance);
  if (report.first_failure) {
    fmt::print("MISMATCH: {}: relative error {:.3g} is more than {:g}\n", report.first_failure->name,
               report.first_failure->error, report.first_failure->tolerance);
    return 1;
  }
  fmt::print("the update is as recorded\n");
  return 0;
}

int check(const CheckFlags& flags) {
  const Rules rules = flags.load().rules;
  const at::Device device = find_device(flags.device);
  if (flags.recorded.empty()) return check_backends(rules, flags, device);
  const RecordedPlay recording = read_safetensors(flags.recorded).tensors;
  const bool update = recording.contains("before.fc_mu.weight");
  try {
    return update ? check_update(recording, device) : check_play(rules, recording, device);
  } catch (const BadInput& error) {
    throw BadInput(fmt::format("{}: {}", flags.recorded, error.what()));
  }
}

}  // namespace

void add_check_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* command = app.add_subcommand(
      "check", "Compare the simulator with the reference core bit for bit, or with recorded FootyAI play or updates.");
  add_rules_flags(*command, *flags);
  CLI::Option* recorded =
      command->add_option("--recorded", flags->recorded, "safetensors file of recorded play or of a recorded update")
          ->type_name("FILE");
  command->add_option("--matches", flags->matches, "played at once")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--steps", flags->steps, "0: whole matches and a little more")
      ->check(CLI::Range(0, 1 << 24))
      ->capture_default_str();
  add_seed_flag(*command, flags->seed, "of the matches and of what is done in them");
  command->add_option("--device", flags->device, "auto, cpu, cuda, cuda:N or mps")->capture_default_str();
  command->add_option("--backend", flags->backend, "what is compared with the reference core")
      ->check(CLI::IsMember({"all", "tensor", "native"}))
      ->capture_default_str();
  command
      ->add_option("--save", flags->save, "if a backend differs: where to put the match before that step (safetensors)")
      ->type_name("FILE")
      ->excludes(recorded);
  command->callback([flags, &exit_code] { exit_code = check(*flags); });
}

}  // namespace matchday
