// A run's checkpoints, corrupted but with a valid hash: if one loads, a run must be able to resume from it and play.
#include <algorithm>
#include <numeric>

#include "fuzz/edits.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "run/checkpoint.h"
#include "run/resume.h"
#include "train/trainer.h"

using namespace matchday;

namespace {

constexpr const char* tiny_run = R"(
[rules]
players = 2
steps = 10
[network]
hidden = [4]
critic_hidden = [4]
[train]
matches = 8
rollout_steps = 5
iterations = 4
minibatches = 2
teacher = "role"
pool_size = 4
pool_slots = 1
pool_every = 1
threads = 1
device = "cpu"
)";

SafetensorsFile good_file() {
  Trainer trainer(config_from_toml_text(tiny_run, "tiny run"), at::kCPU);
  trainer.iterate(0.0);
  const std::string path = fuzz::scratch_file("good.safetensors");
  save_checkpoint(path, checkpoint_of(trainer));
  return read_safetensors(path);
}

/// Whether an iteration with this config takes only milliseconds.
bool small(const Config& config) {
  const TrainOptions& train = config.train;
  const auto units = [](const std::vector<std::int64_t>& widths) {
    return std::accumulate(widths.begin(), widths.end(), std::int64_t{0},
                           [](std::int64_t sum, std::int64_t width) { return sum > 100 ? sum : sum + width; });
  };
  return train.matches <= 16 && rollout_steps(config) <= 20 && train.epochs <= 4 && train.minibatches <= 16 &&
         train.pool_size <= 16 && train.pool_slots <= 4 && config.rules.substeps <= 16 &&
         units(config.network.hidden) <= 100 && units(config.network.critic_hidden) <= 100;
}

void go_on(const Checkpoint& checkpoint, const std::string& path) {
  const Config config = config_to_go_on(checkpoint.config, {"threads=1", "device=cpu"});
  if (!small(config)) return;
  Trainer trainer(config, at::kCPU);
  restore(trainer, checkpoint, path);
  trainer.iterate(0.5);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SafetensorsFile good = good_file();
  const auto path = fuzz::edited_file(good, fuzz::text_of(data, size));
  if (path) fuzz::accepted([&] { go_on(load_checkpoint(*path, at::kCPU), *path); });
  return 0;
}
