// matchday replay: does a recorded match have the same bits here?
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "evaluate/match_file.h"
#include "train/device.h"
#include "verify/equivalence.h"
#include "version.h"

namespace matchday {
namespace {

struct ReplayFlags {
  std::string file;
  std::string device = "auto";
  std::string backend = "all";
};

int replay(const ReplayFlags& flags) {
  const at::Device device = find_device(flags.device);
  const RecordedMatches recorded = load_matches(flags.file);
  fmt::print("{}: {}; written by matchday {}\n", flags.file, summary(recorded), recorded.written_by);
  int exit_code = 0;
  bool played = false;
  for (const BackendKind backend : backends_on(device)) {
    if (flags.backend != "all" && flags.backend != backend_name(backend)) continue;
    played = true;
    const std::optional<std::int64_t> step = first_difference(recorded, device, backend);
    if (!step) {
      fmt::print("{} on {}: equal, bit for bit\n", backend_name(backend), device.str());
      continue;
    }
    exit_code = 1;
    fmt::print("{} on {}: DIFFERENT from step {} on{}\n", backend_name(backend), device.str(), *step,
               recorded.written_by == matchday_version
                   ? std::string()
                   : fmt::format("; this is matchday {}, which plays otherwise", matchday_version));
  }
  if (!played) throw BadInput(fmt::format("the {} backend does not play on {}", flags.backend, device.str()));
  return exit_code;
}

}  // namespace

void add_replay_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<ReplayFlags>();
  CLI::App* command =
      app.add_subcommand("replay", "Play recorded matches again and say whether every bit is as it was.");
  command->add_option("file", flags->file, "what --record wrote")->required()->type_name("FILE");
  command->add_option("--device", flags->device, "auto, cpu, cuda, cuda:N or mps")->capture_default_str();
  command->add_option("--backend", flags->backend, "who plays")
      ->check(CLI::IsMember({"all", "tensor", "native"}))
      ->capture_default_str();
  command->callback([flags, &exit_code] { exit_code = replay(*flags); });
}

}  // namespace matchday
