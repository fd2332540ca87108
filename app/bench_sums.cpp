// matchday bench sums: what it takes the ranks of torchrun to add up a gradient.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/bench_output.h"
#include "app/commands.h"
#include "bench/sums_bench.h"
#include "rules/bad_input.h"
#include "train/device.h"

namespace matchday {
namespace {

struct SumsFlags {
  std::vector<std::int64_t> numbers{1000, 28000, 100000, 1000000, 10000000};
  std::string device = "auto";
  double seconds = 0.2;
  bool json = false;
  std::string csv;
};

void bench_sums(const SumsFlags& flags) {
  const at::Device device = find_device(flags.device);
  const Ranks ranks = Ranks::join(device, {});
  if (ranks.size() == 1)
    throw BadInput("bench sums measures several ranks: torchrun --nproc-per-node 2 --no-python -- matchday bench sums");
  std::optional<BenchOutput> output;
  if (ranks.leads())
    output.emplace(flags.json, flags.csv,
                   fmt::format("{:<8} {:>5} {:>12} {:>10} {:>10}", "device", "ranks", "numbers", "ms", "GB/s"));
  for (const std::int64_t numbers : flags.numbers) {
    const double seconds = bench::seconds_of_sum(ranks, device, numbers, flags.seconds);
    if (!output) continue;
    const double rate = 4e-9 * static_cast<double>(numbers) / seconds;
    output->add({{"what", "sums"},
                 {"device", device.str()},
                 {"ranks", ranks.size()},
                 {"numbers", numbers},
                 {"milliseconds", 1e3 * seconds},
                 {"gigabytes_per_second", rate}},
                fmt::format("{:<8} {:>5} {:>12} {:>10.3f} {:>10.2f}", device.str(), ranks.size(), numbers,
                            1e3 * seconds, rate));
  }
}

}  // namespace

void add_sums_benchmark(CLI::App& command, int& exit_code) {
  auto flags = std::make_shared<SumsFlags>();
  CLI::App* sums = command.add_subcommand("sums", "Under torchrun: adding up a gradient over all ranks, by its size.");
  sums->add_option("--numbers", flags->numbers, "float32 numbers of a gradient")
      ->delimiter(',')
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  sums->add_option("--device", flags->device, "auto, cpu or cuda")->capture_default_str();
  sums->add_option("--seconds", flags->seconds, "of each of the five runs of which the best counts")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  sums->add_flag("--json", flags->json, "one JSON object a line");
  sums->add_option("--csv", flags->csv, "write the rows to this file too")->type_name("FILE");
  sums->callback([flags, &exit_code] {
    bench_sums(*flags);
    exit_code = 0;
  });
}

}  // namespace matchday
