// Files of a policy's weights that `import` reads, from other programs too: what is read is a team that decides.
#include "export/weights.h"

#include "fuzz/edits.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "policy/network_policy.h"
#include "sim/simulator.h"

using namespace matchday;

namespace {

SafetensorsFile good_file() {
  const Config config =
      config_from_toml_text("rules.players = 2\nnetwork.hidden = [4]\nnetwork.critic_hidden = [4]\n", "tiny team");
  const Network network = make_network(config.rules, config.network, 1, at::kCPU);
  const std::string path = fuzz::scratch_file("good.safetensors");
  write_weights(path, {config, network, Decisions::mean});
  return read_safetensors(path);
}

void decide_by(const Checkpoint& checkpoint) {
  const Rules& rules = checkpoint.config.rules;
  const Network& network = checkpoint.networks.front();
  if (network_shape(rules, network.options).inputs > 1000) return;
  const at::Tensor seen = at::zeros({1, network_shape(rules, network.options).inputs});
  fuzz::require(decide(network, seen).mean.numel() == network_shape(rules, network.options).outputs,
                "a team that was read decides for its players", rules.players > 1 ? "several" : "one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SafetensorsFile good = good_file();
  const auto path = fuzz::edited_file(good, fuzz::text_of(data, size));
  if (path) fuzz::accepted([&] { decide_by(read_weights(*path, {})); });
  return 0;
}
