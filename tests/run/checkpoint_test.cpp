#include "run/checkpoint.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "formats/file_hash.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

/// A path whose file is removed at the end.
struct TemporaryPath {
  std::string path =
      std::filesystem::temp_directory_path() / ("matchday-checkpoint-" + std::to_string(::getpid()) + ".safetensors");
  TemporaryPath() = default;
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;
  ~TemporaryPath() { std::filesystem::remove(path); }
};

Checkpoint small_checkpoint(const std::string& preset, Teams teams) {
  Checkpoint checkpoint;
  checkpoint.config = default_config(preset);
  checkpoint.config.rules.players = 3;
  checkpoint.config.network.hidden = {16, 8};
  if (preset == "arena") checkpoint.config.network.critic_hidden = {4};
  checkpoint.config.train.teams = teams;
  if (teams == Teams::independent) checkpoint.config.train.bot_share = checkpoint.config.train.pool_share = 0.0;
  checkpoint.config.train.learning_rate = 0.1;
  checkpoint.iteration = 12345678901;
  checkpoint.match_steps = 9007199254740993;  // no double can represent it
  for (const std::uint64_t seed : {1U, 2U})
    if (seed == 1 || teams == Teams::independent)
      checkpoint.networks.push_back(make_network(checkpoint.config.rules, checkpoint.config.network, seed, at::kCPU));
  return checkpoint;
}

std::string complaint_about(const std::string& path) {
  return complaint([&] { load_checkpoint(path, at::kCPU); });
}

/// `spoil` changes a good checkpoint: loading it must fail with one line that names the file and has all `parts`.
void check_refused(const std::function<void(SafetensorsFile&)>& spoil, const std::vector<std::string>& parts) {
  const TemporaryPath file;
  save_checkpoint(file.path, small_checkpoint("arena", Teams::shared));
  SafetensorsFile content = read_safetensors(file.path);
  spoil(content);
  write_hash(content);  // so that the refusal does not come from the hash
  write_safetensors(file.path, content);
  const std::string text = complaint_about(file.path);
  INFO(text);
  CHECK(text.starts_with(file.path));
  CHECK(text.find('\n') == std::string::npos);
  for (const std::string& part : parts) CHECK(text.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("a checkpoint comes back with the same bits") {
  for (const char* preset : {"arena", "footyai-v1", "footyai-v2"})
    for (const Teams teams : {Teams::shared, Teams::independent}) {
      const TemporaryPath file;
      const Checkpoint saved = small_checkpoint(preset, teams);
      save_checkpoint(file.path, saved);
      const Checkpoint loaded = load_checkpoint(file.path, at::kCPU);
      INFO(preset << ", " << teams);
      CHECK(loaded.config == saved.config);
      CHECK(loaded.iteration == saved.iteration);
      CHECK(loaded.match_steps == saved.match_steps);
      REQUIRE(loaded.networks.size() == saved.networks.size());
      for (std::size_t k = 0; k < saved.networks.size(); ++k) {
        const std::vector<NamedTensor> before = parameters(saved.networks[k]);
        const std::vector<NamedTensor> after = parameters(loaded.networks[k]);
        REQUIRE(after.size() == before.size());
        for (std::size_t i = 0; i < before.size(); ++i) {
          CHECK(after[i].name == before[i].name);
          CHECK(same_bits(after[i].tensor.detach(), before[i].tensor.detach()));
          CHECK(after[i].tensor.requires_grad());  // it can be trained on
        }
      }
    }
}

TEST_CASE("a checkpoint's tensors bear the names of the teams' networks") {
  const TemporaryPath file;
  save_checkpoint(file.path, small_checkpoint("arena", Teams::shared));
  CHECK(read_safetensors(file.path).tensors.count("network.fc_mu.weight") == 1);
  save_checkpoint(file.path, small_checkpoint("arena", Teams::independent));
  const SafetensorsFile both = read_safetensors(file.path);
  CHECK(both.tensors.count("a.shared_layers.2.bias") == 1);
  CHECK(both.tensors.count("b.shared_layers.2.bias") == 1);
  CHECK(both.tensors.count("b.critic_layers.0.weight") == 1);
  CHECK_FALSE(at::equal(both.tensors.at("a.fc_mu.weight"), both.tensors.at("b.fc_mu.weight")));
}

TEST_CASE("a checkpoint whose weights are not its network's is refused") {
  const std::string name = "network.shared_layers.2.weight";
  check_refused([&](SafetensorsFile& file) { file.tensors.erase(name); }, {name});
  check_refused([&](SafetensorsFile& file) { file.tensors[name] = at::zeros({8, 17}); }, {name, "[8, 17]", "[8, 16]"});
  check_refused(
      [&](SafetensorsFile& file) {
        file.tensors[name] = at::zeros({8, 16}, at::kDouble);
      },
      {name, "Double", "Float"});
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    check_refused([&](SafetensorsFile& file) { file.tensors[name][3][4] = bad; }, {name, "not finite"});
}

TEST_CASE("a checkpoint whose metadata cannot be used is refused") {
  const auto set = [](const std::string& key, const std::string& value) {
    return [=](SafetensorsFile& file) { file.metadata[key] = value; };
  };
  check_refused(set("format_version", "4"), {"format version is 4", "newer"});
  check_refused(set("format_version", "one"), {"format_version", "\"one\""});
  check_refused(set("iteration", "-1"), {"iteration", "\"-1\""});
  check_refused(set("match_steps", "99999999999999999999"), {"match_steps"});
  check_refused(set("match_steps", "12 "), {"match_steps"});
  check_refused(set("config", "[rules]\nplayers = 12\n"), {"players is 12"});
  check_refused(set("config", "[rules\n"), {"config"});
  check_refused([](SafetensorsFile& file) { file.metadata.clear(); }, {"no matchday checkpoint"});
  for (const char* key : {"format_version", "config", "iteration", "match_steps"})
    check_refused([&](SafetensorsFile& file) { file.metadata.erase(key); }, {key});
}

TEST_CASE("a bit that flips anywhere in a checkpoint is found") {
  const TemporaryPath file;
  save_checkpoint(file.path, small_checkpoint("arena", Teams::shared));
  std::ifstream stream(file.path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  int flips = 0;
  for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 199) {
    std::string spoilt = bytes;
    spoilt[at] = static_cast<char>(spoilt[at] ^ (1 << (at % 8)));
    std::ofstream(file.path, std::ios::binary) << spoilt;
    const std::string text = complaint_about(file.path);
    INFO("byte " << at << ": " << text);
    CHECK(text.starts_with(file.path));
    CHECK(text.find('\n') == std::string::npos);
    ++flips;
  }
  CHECK(flips >= 199);
}

TEST_CASE("a checkpoint that is cut off anywhere is refused") {
  const TemporaryPath file;
  save_checkpoint(file.path, small_checkpoint("arena", Teams::shared));
  std::ifstream stream(file.path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  for (const std::size_t left :
       {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{100}, bytes.size() / 2, bytes.size() - 1}) {
    std::ofstream(file.path, std::ios::binary) << bytes.substr(0, left);
    const std::string text = complaint_about(file.path);
    INFO(left << " bytes: " << text);
    CHECK(text.starts_with(file.path));
    CHECK(text.find('\n') == std::string::npos);
  }
  CHECK(complaint_about("/nowhere/at/all").starts_with("/nowhere/at/all: "));
}
