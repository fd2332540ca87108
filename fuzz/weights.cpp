// Files of a policy's weights, as `import` reads them from other programs too: a team that loads must decide.
#include "export/weights.h"

#include "fuzz/edits.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "policy/network_policy.h"

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
  const NetworkShape shape = network_shape(rules, network.options);
  if (shape.inputs > 1000) return;
  fuzz::require(decide(network, at::zeros({1, shape.inputs})).mean.numel() == shape.outputs,
                "a team that was read decides for its players", std::to_string(rules.players));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SafetensorsFile good = good_file();
  const auto path = fuzz::edited_file(good, fuzz::text_of(data, size));
  if (path) fuzz::accepted([&] { decide_by(read_weights(*path, {})); });
  return 0;
}
