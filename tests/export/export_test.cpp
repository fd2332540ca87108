// Exported policies compared with the program's own, for every network and game.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "export/onnx.h"
#include "export/player_views.h"
#include "export/policy_file.h"
#include "export/policy_graph.h"
#include "export/weights.h"
#include "formats/protobuf.h"
#include "formats/safetensors.h"
#include "policy/bots.h"
#include "rules/observation.h"
#include "rules/presets.h"
#include "sim/reference_states.h"
#include "sim/simulator.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/folder.h"
#include "tests/support/lively_networks.h"
#include "tests/support/scenarios.h"

using namespace matchday;
using reference::Body;
using reference::GameState;

namespace {

const Noise no_noise = [](const at::Tensor& like) { return at::zeros_like(like); };

/// Matches in mid-play, with many goals.
Simulator midst_of_play(const Rules& rules, std::int64_t matches) {
  Simulator simulator(rules, {.matches = matches, .seed = 3});
  const Policy bot = make_bot("random");
  for (int step = 0; step < 60; ++step) simulator.step(act(bot, bot, simulator));
  MatchState state = simulator.state();
  state.score = at::arange(2 * matches, at::kInt).remainder(9).view({2, matches});
  simulator.set_state(state);
  return simulator;
}

/// The players' views that the graph computes from a team's observation.
at::Tensor views(const Simulator& simulator, int team) {
  Graph graph;
  const Value observation = observation_of(graph, observation_size(simulator.rules()), 0);
  graph.action = player_views(observation, simulator.rules()).views.node;
  return evaluate(graph, simulator.observe()[team], no_noise);
}

ExportedPolicy lively_policy(const std::string& preset, int players, const NetworkOptions& options,
                             Decisions decisions) {
  Config config = default_config(preset);
  config.rules.players = players;
  config.rules.steps = 40;
  config.network = options;
  return {config, lively_network(config.rules, options, 5), decisions};
}

/// Networks of every sort.
std::vector<NetworkOptions> all_networks() {
  std::vector<NetworkOptions> all;
  for (const Agent agent : {Agent::player, Agent::team})
    for (const Head head : {Head::squashed, Head::footyai})
      for (const Trunk trunk : values_of<Trunk>())
        for (const Sigma sigma : {Sigma::global, Sigma::network}) {
          NetworkOptions options = small_options(agent, head);
          options.trunk = trunk;
          options.sigma = sigma;
          options.hidden =
              !needs_one_width(trunk) ? std::vector<std::int64_t>{12, 9} : std::vector<std::int64_t>{12, 12};
          all.push_back(options);
        }
  return all;
}

std::string text_of(const NetworkOptions& options) {
  return fmt::format("{}, {}, {}, {}", name_of(options.agent), name_of(options.head), name_of(options.trunk),
                     name_of(options.sigma));
}

}  // namespace

TEST_CASE("players' views are worked out from what their team sees") {
  for (const Preset& preset : presets)
    for (const int players : {1, 2, 3, 5, 11}) {
      const Simulator simulator = midst_of_play(preset_with(preset.name, players), 40);
      for (const int team : {0, 1}) {
        INFO(preset.name << ", " << players << " a side, team " << team);
        CHECK((views(simulator, team) - simulator.observe_players()[team]).abs().max().item<double>() < 1e-5);
      }
    }
}

TEST_CASE("of equally near players the first in the team comes first in an exported view too") {
  const Rules rules = preset_with("arena", 3);
  GameState game;  // positions that scaling does not round
  game.players[0] = {Body{{0, 0}, {}}, Body{{2.5F, 0}, {3, 0}}, Body{{-2.5F, 0}, {0, 3}}};
  game.players[1] = {Body{{0, 6.25F}, {0.75F, 0}}, Body{{20, 0}, {}}, Body{{0, -6.25F}, {1.5F, 0}}};
  game.ball = {{0, 12.5F}, {}};
  Simulator simulator(rules, {.matches = 1});
  simulator.set_state(to_match_state(rules, {game}));
  const at::Tensor first = views(simulator, 0)[0][0];
  CHECK(first[12].item<float>() == 1.0F);
  CHECK(first[16].item<float>() == 0.0F);
  CHECK(first[20].item<float>() == 0.25F);
  CHECK(first[24].item<float>() == 0.5F);
  for (const int team : {0, 1}) CHECK(at::allclose(views(simulator, team), simulator.observe_players()[team], 0, 1e-6));
}

TEST_CASE("every format of every sort of network does what the program does", "[slow]") {
  for (const Preset& preset : presets)
    for (const int players : {1, 3})
      for (const NetworkOptions& options : all_networks())
        for (const Decisions decisions : {Decisions::mean, Decisions::sampled}) {
          const Folder folder;
          const ExportedPolicy policy = lively_policy(std::string(preset.name), players, options, decisions);
          for (const Format format : {Format::safetensors, Format::torchscript, Format::onnx}) {
            const Agreement agreement = write_policy(folder.file("policy"), format, policy);
            INFO(preset.name << ", " << players << " a side, " << text_of(options));
            CHECK(agreement.compared == 1000);
            CHECK(agreement.undecided < 5);
            CHECK(agreement.worst < 3e-5);
            CHECK(folder.files() == std::vector<std::string>{"policy"});
          }
        }
}

TEST_CASE("eleven a side is exported as well", "[slow]") {
  const Folder folder;
  for (const Preset& preset : presets)
    for (const Agent agent : {Agent::player, Agent::team})
      for (const Format format : {Format::torchscript, Format::onnx}) {
        const ExportedPolicy policy =
            lively_policy(std::string(preset.name), 11, small_options(agent, Head::squashed), Decisions::mean);
        CHECK(write_policy(folder.file("policy"), format, policy).worst < 3e-5);
      }
}

TEST_CASE("a policy that acts differently is found") {
  for (const Agent agent : {Agent::player, Agent::team})
    for (const Decisions decisions : {Decisions::mean, Decisions::sampled}) {
      const ExportedPolicy policy = lively_policy("footyai-v2", 3, small_options(agent, Head::footyai), decisions);
      const auto worst = [&](const Answers& answers) { return compare(policy, answers, 100).worst; };
      const Graph graph = policy_graph(policy.config.rules, policy.network, decisions);
      const auto answers_of = [&](const Graph& other) -> Answers {
        return [other](const at::Tensor& observation) {
          return evaluate(other, observation, [](const at::Tensor& like) { return at::randn_like(like); });
        };
      };
      CHECK(worst(answers_of(graph)) < 3e-5);
      // One number of each weight tensor is changed.
      for (std::size_t k = 0; k < graph.nodes.size(); ++k) {
        const std::string& name = graph.nodes[k].name;
        if (name.empty() || (decisions == Decisions::mean && name.starts_with("fc_log_sigma"))) continue;
        Graph changed = graph;
        changed.nodes[k].tensor = graph.nodes[k].tensor.clone();
        changed.nodes[k].tensor.view(-1)[0] += 0.1;
        INFO(agent << ": " << name);
        const double off = worst(answers_of(changed));
        // A hidden unit may be inactive in all matches; a head's output never is.
        if (name.starts_with("fc_")) CHECK(off > largest_difference);
      }
      CHECK_FALSE(worst([&](const at::Tensor& seen) { return evaluate(graph, seen, no_noise) * NAN; }) <= 1e6);
      bool first = true;
      CHECK(std::isnan(worst([&](const at::Tensor& seen) {
        return evaluate(graph, seen, no_noise) * (std::exchange(first, false) ? NAN : 1.0);
      })));
      // The one-hot of the team matters.
      CHECK(worst([&](const at::Tensor& seen) {
              const std::int64_t last = seen.size(1) - 2;
              return answers_of(graph)(at::cat({seen.narrow(1, 0, last), seen.narrow(1, last, 2).flip(1)}, 1));
            }) > largest_difference);
    }
}

TEST_CASE("a policy whose numbers are off is not written") {
  const Folder folder;
  ExportedPolicy policy = lively_policy("arena", 2, small_options(), Decisions::mean);
  policy.network.mean.bias = at::full({4}, NAN);
  CHECK_THROWS(write_policy(folder.file("policy.onnx"), Format::onnx, policy));
  CHECK(folder.files().empty());
  CHECK(complaint([&] { write_policy(folder.file("none/policy.onnx"), Format::onnx, policy); }) ==
        folder.file("none/policy.onnx") + ": cannot be written: No such file or directory");
}

TEST_CASE("weights that were exported are a team again, without a critic's training") {
  const Folder folder;
  for (const NetworkOptions& options : all_networks()) {
    const ExportedPolicy policy = lively_policy("arena", 2, options, Decisions::mean);
    write_weights(folder.file("weights"), policy);
    for (const auto& [name, tensor] : read_safetensors(folder.file("weights")).tensors)
      CHECK((name.starts_with("shared_layers.") || name.starts_with("fc_mu.") || name.starts_with("fc_log_sigma.")));
    const Checkpoint checkpoint = read_weights(folder.file("weights"), {});
    CHECK(checkpoint.config == policy.config);
    CHECK(at::equal(checkpoint.networks[0].mean.weight, policy.network.mean.weight));
    CHECK(at::equal(checkpoint.networks[0].log_std_raw.bias, policy.network.log_std_raw.bias));
    save_checkpoint(folder.file("checkpoint"), checkpoint);
    CHECK(load_checkpoint(folder.file("checkpoint"), at::kCPU).config == policy.config);
  }
}

TEST_CASE("a state dict of FootyAI's tells its game, players and layers by its shapes") {
  const Folder folder;
  for (const std::string preset : {"footyai-v1", "footyai-v2"})
    for (const int players : {1, 5, 11}) {
      Config config = default_config(preset);
      config.rules.players = players;
      config.network.hidden = {7, 6, 5};
      const Network network = lively_network(config.rules, config.network, 5);
      SafetensorsFile file;
      for (const NamedTensor& parameter : parameters(network)) {
        file.tensors["before." + parameter.name] = parameter.tensor.detach().to(at::kDouble);
        file.tensors["after." + parameter.name] = parameter.tensor.detach() * 2;
      }
      file.tensors["obs"] = at::zeros({3});
      write_safetensors(folder.file("update"), file);
      const Checkpoint checkpoint = read_weights(folder.file("update"), {.prefix = "before."});
      CHECK(checkpoint.config == config);
      CHECK(at::equal(checkpoint.networks[0].flat, network.flat));
      CHECK(complaint([&] { read_weights(folder.file("update"), {}); }) ==
            folder.file("update") + ": there are 2 networks in it; choose one by --prefix after.|before.");
    }
}

TEST_CASE("weights that fit no policy are refused in one sentence") {
  const Folder folder;
  const std::string path = folder.file("weights");
  Config config = default_config("footyai-v2");
  config.network.hidden = {6, 5};
  SafetensorsFile good;
  for (const NamedTensor& parameter : parameters(make_network(config.rules, config.network, 1, at::kCPU)))
    good.tensors[parameter.name] = parameter.tensor.detach();
  const auto refused = [&](const std::string& name, const at::Tensor& tensor, const std::string& sentence,
                           const WeightsOptions& options = {}) {
    SafetensorsFile file = good;
    if (tensor.defined())
      file.tensors[name] = tensor;
    else
      file.tensors.erase(name);
    write_safetensors(path, file);
    CHECK(complaint([&] { read_weights(path, options); }) == path + ": " + sentence);
  };
  refused("fc_mu.weight", {}, "there is no policy: no tensor is called fc_mu.weight");
  refused("fc_mu.bias", {}, "there is no tensor \"fc_mu.bias\"");
  refused("fc_log_sigma.weight", {}, "there is no tensor \"fc_log_sigma.weight\"");
  refused("shared_layers.0.weight", {}, "there is no tensor \"shared_layers.0.weight\"");
  refused("fc_mu.weight", at::zeros({18, 5}), "fc_mu has 18 outputs but must have 4 for each of 1 to 11 players");
  refused("fc_mu.weight", at::zeros({20}), "fc_mu.weight is [20] but must be a matrix");
  refused("shared_layers.0.weight", at::zeros({6, 30}),
          "a network that reads 30 numbers and moves 5 players is not FootyAI's");
  refused("fc_mu.bias", at::zeros({21}), "fc_mu.bias is Float [21] but must be Float [20]");
  refused("fc_mu.bias", at::zeros({20}, at::kLong), "fc_mu.bias is Long [20] but must be Float [20]");
  refused("fc_mu.bias", at::full({20}, NAN), "fc_mu.bias holds numbers that are not finite");
  refused("shared_layers.1.weight", at::zeros({6}), "shared_layers.1.weight belongs to no layer that is known here");
  refused("shared_layers.2.weight", at::zeros({5, 7}),
          "shared_layers.2.weight is Float [5, 7] but must be Float [5, 6]");
  refused("obs", at::zeros({1}), "there is no tensor \"after.fc_mu.weight\"", {.prefix = "after."});
  refused("obs", at::zeros({1}), "a network that reads 29 numbers and moves 5 players is not one of footyai-v1",
          {.preset = "footyai-v1"});
  CHECK(complaint([&] { read_weights(path, {.preset = "tennis"}); }).starts_with("preset is \"tennis\""));
}

TEST_CASE("an ONNX file that is cut off or changed is not read") {
  const Folder folder;
  const ExportedPolicy policy = lively_policy("arena", 2, small_options(), Decisions::sampled);
  const std::string path = folder.file("policy.onnx");
  const Graph graph = policy_graph(policy.config.rules, policy.network, policy.decisions);
  write_onnx(path, graph, {});
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const auto write = [&](const std::string& text) { std::ofstream(path, std::ios::binary) << text; };
  const auto count = [&](const Graph& any, Operation operation) {
    return std::count_if(any.nodes.begin(), any.nodes.end(), [&](const Node& n) { return n.operation == operation; });
  };
  CHECK(count(read_onnx(path), Operation::order) == count(graph, Operation::order));
  for (std::size_t size = 0; size < bytes.size(); size += 101) {
    write(bytes.substr(0, size));
    CHECK_THROWS(read_onnx(path));
  }
  std::string other = bytes;
  other.replace(other.find("Tanh"), 4, "Tang");
  write(other);
  CHECK_THROWS(read_onnx(path));
}

TEST_CASE("numbers of any size go through protobuf's wire format") {
  std::string message;
  const std::vector<std::int64_t> numbers{0, 1, 127, 128, 300, -1, INT64_MAX, INT64_MIN};
  for (const std::int64_t number : numbers) put_number(message, 20, number);
  put_bytes(message, 3, std::string(200, 'x'));
  const std::vector<ProtobufField> fields = fields_of(message);
  REQUIRE(fields.size() == numbers.size() + 1);
  for (std::size_t k = 0; k < numbers.size(); ++k) CHECK((fields[k].field == 20 && fields[k].number == numbers[k]));
  CHECK((fields.back().field == 3 && fields.back().bytes == std::string(200, 'x')));
  // 150 in field 1, as the format's own description has it.
  message.clear();
  put_number(message, 1, 150);
  CHECK(message == "\x08\x96\x01");
}
