// Resumed runs: the same bytes as an uninterrupted one, and nothing changes if a state doesn't fit.
#include "run/resume.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "formats/file_hash.h"
#include "run/run_directory.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/folder.h"
#include "tests/support/tiny_training.h"

using namespace matchday;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Every kind of state that a run can have: a growing pool, bots, unfinished matches, two networks.
std::vector<Config> configs() {
  std::vector<Config> all;
  Config config = tiny();
  config.train.matches = 16;
  config.train.pool_share = 0.5;
  config.train.pool_slots = 2;
  config.train.pool_every = 2;
  config.train.pool_size = 3;
  config.train.bot_share = 0.25;
  config.train.bots = "chaser";
  all.push_back(config);
  all.push_back(tiny_reinforce(Baseline::batch));
  all.push_back(tiny("footyai-v2", Teams::independent));
  config = tiny();
  config.train.precision = Precision::bf16;
  config.train.epochs = 2;
  all.push_back(config);
  return all;
}

void iterate(Trainer& trainer, int iterations) {
  for (int k = 0; k < iterations; ++k) trainer.iterate(static_cast<double>(trainer.iteration()) / 8.0);
}

/// A corrupted state is refused with one sentence that contains `part`, and changes nothing.
void check_refused(const std::function<void(Checkpoint&)>& spoil, const std::string& part) {
  const Config config = configs()[0];
  Trainer other(config, at::kCPU);
  iterate(other, 5);
  Checkpoint checkpoint = checkpoint_of(other);
  spoil(checkpoint);
  Trainer trainer(config, at::kCPU);
  iterate(trainer, 1);
  const Folder folder;
  save_checkpoint(folder.path / "before", checkpoint_of(trainer));
  const std::string text = complaint([&] { restore(trainer, checkpoint, "some file"); });
  INFO(text << "\nshould say: " << part);
  CHECK(text.starts_with("some file: "));
  CHECK(text.find(part) != std::string::npos);
  save_checkpoint(folder.path / "after", checkpoint_of(trainer));
  CHECK(bytes_of(folder.path / "before") == bytes_of(folder.path / "after"));
}

}  // namespace

TEST_CASE("a run that stops and goes on leaves the bytes of one that never stopped") {
  for (const Config& config : configs()) {
    const Folder folder;
    Trainer whole(config, at::kCPU);
    iterate(whole, 7);
    save_checkpoint(folder.path / "whole", checkpoint_of(whole));
    {
      Trainer first(config, at::kCPU);
      iterate(first, 3);
      save_checkpoint(folder.path / "half", checkpoint_of(first));
    }
    Trainer second(config, at::kCPU);
    restore(second, load_checkpoint(folder.path / "half", at::kCPU), "half");
    CHECK(second.iteration() == 3);
    save_checkpoint(folder.path / "again", checkpoint_of(second));
    CHECK(bytes_of(folder.path / "again") == bytes_of(folder.path / "half"));
    iterate(second, 4);
    save_checkpoint(folder.path / "gone on", checkpoint_of(second));
    INFO(config.train.algorithm << ", " << config.train.teams << ", pool " << config.train.pool_share);
    CHECK(bytes_of(folder.path / "gone on") == bytes_of(folder.path / "whole"));
    // The saved state is complete: without any of its parts the bytes would differ.
    // REINFORCE on whole matches needs only its optimiser's state.
    std::vector<std::string> parts{"optimiser.0.mean"};
    if (config.train.algorithm == Algorithm::ppo) parts.insert(parts.end(), {"matches.bodies", "order"});
    for (const std::string& part : parts) {
      Checkpoint changed = load_checkpoint(folder.path / "half", at::kCPU);
      Trainer fresh(config, at::kCPU);
      changed.training[part] = checkpoint_of(fresh).training.at(part).clone();
      restore(fresh, changed, "half");
      iterate(fresh, 4);
      save_checkpoint(folder.path / "changed", checkpoint_of(fresh));
      CHECK((bytes_of(folder.path / "changed") != bytes_of(folder.path / "whole")));
    }
  }
}

TEST_CASE("a state that does not fit is refused and changes nothing") {
  check_refused([](Checkpoint& saved) { saved.training.erase("order"); }, "there is no tensor \"order\"");
  check_refused([](Checkpoint& saved) { saved.training["optimiser.0.mean"] = at::zeros({3}); },
                "optimiser.0.mean is Float [3] but must be Float [");
  check_refused([](Checkpoint& saved) { saved.training["matches.clock"] = at::zeros({16}); },
                "matches.clock is Float [16] but must be Int [16]");
  check_refused(
      [](Checkpoint& saved) {
        saved.training["optimiser.0.square"] = saved.training["optimiser.0.square"].clone().fill_(NAN);
      },
      "optimiser.0.square holds numbers that are not finite");
  check_refused([](Checkpoint& saved) { saved.training["matches.clock"] = at::full({16}, -1, at::kInt); },
                "matches.clock holds numbers outside 0 to");
  check_refused([](Checkpoint& saved) { saved.training["pool.playing"] = at::full({2}, 99, at::kLong); },
                "pool.playing holds numbers outside 0 to");
  check_refused([](Checkpoint& saved) { saved.training["pool.points"] = at::zeros({1}, at::kDouble); },
                "pool.points tells of 1 opponents, pool.weights of 3");
  check_refused([](Checkpoint& saved) { saved.training["order"] = saved.training["order"].clone().fill_(255); },
                "order is no state of a generator");
  check_refused([](Checkpoint& saved) { saved.networks.push_back(saved.networks[0]); }, "it has 2 network(s)");
}

TEST_CASE("on the way a run's length may change, but not what it learns") {
  const Config config = tiny();
  CHECK(config_to_go_on(config, {}) == config);
  const Config longer = config_to_go_on(config, {"iterations=99", "train.minutes=3", "threads=2"});
  CHECK(longer.train.match_steps == config.train.match_steps);  // changing one length keeps the other
  CHECK(longer.train.iterations == 99);
  CHECK(longer.train.minutes == 3.0);
  CHECK(longer.train.threads == 2);
  for (const auto& [set, part] :
       {std::pair<std::string, std::string>{"players=3", "players is 5 in this run and can't"},
        {"hidden=[3]", "hidden is [16] in this run and can't become [3]"},
        {"seed=5", "seed is 11 in this run and can't become 5"},
        {"learning_rate=0.5", "learning_rate is "},
        {"preset=\"footyai-v2\"", "preset can't change"},
        {"iteration=5", "iterations"}}) {
    const std::string text = complaint([&, &set = set] { config_to_go_on(config, {set}); });
    INFO(set << ": " << text);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("a run folder keeps the last checkpoints, and its logs as far as they go") {
  const Folder folder;
  const std::filesystem::path run = folder.path / "run";
  Config config = tiny();
  config.train.keep_checkpoints = 2;
  Trainer trainer(config, at::kCPU);
  {
    RunDirectory directory(run, config);
    CHECK(complaint([&] { RunDirectory(run, config, 0, 0); }).find("another matchday is training there") !=
          std::string::npos);
    for (int k = 0; k < 5; ++k) {
      directory.log(trainer.iterate(0.0), 10.0 * k);
      directory.save(checkpoint_of(trainer));
    }
    CHECK(folder.files("run/checkpoints") == std::vector<std::string>{"iteration-000000004.safetensors",
                                                                      "iteration-000000005.safetensors",
                                                                      "latest.safetensors"});
    CHECK(bytes_of(run / "checkpoints/latest.safetensors") ==
          bytes_of(run / "checkpoints/iteration-000000005.safetensors"));
  }
  std::ofstream(run / "metrics.jsonl", std::ios::app) << "{\"iteration\": 6, \"seco";
  std::ofstream(run / "checkpoints/latest.safetensors.partial-1-0") << "half";
  CHECK(complaint([&] { RunDirectory(run, config); }).find("is there already") != std::string::npos);
  {
    RunDirectory directory(run, config, 3, 120);
    CHECK(directory.past().seconds == 20.0);
    directory.log(trainer.iterate(0.0), 99.0);
  }
  std::vector<std::string> iterations;
  std::ifstream metrics(run / "metrics.jsonl");
  for (std::string line; std::getline(metrics, line);) iterations.push_back(line.substr(0, line.find(',')));
  CHECK(iterations ==
        std::vector<std::string>{"{\"iteration\":1", "{\"iteration\":2", "{\"iteration\":3", "{\"iteration\":6"});
  CHECK_FALSE(std::filesystem::exists(run / "checkpoints/latest.safetensors.partial-1-0"));
}

TEST_CASE("a run that goes on still has its best team, unless it goes on from before it") {
  const Folder folder;
  const std::filesystem::path run = folder.path / "run";
  const Config config = tiny();
  {
    Trainer trainer(config, at::kCPU);
    RunDirectory directory(run, config);
    for (const double elo : {900.0, 1300.0, 1200.0}) {
      trainer.iterate(0.0);
      directory.log_evaluation({.iterations = trainer.iteration()}, {elo, elo - 20.0, elo + 20.0}, {});
      if (elo != 1200.0) directory.save_as("best", checkpoint_of(trainer));
    }
  }
  for (const std::int64_t iteration : {3, 2}) {
    CHECK(RunDirectory(run, config, iteration, 40 * iteration).past().best == 1300.0);
    CHECK(std::filesystem::exists(best_checkpoint(run)));
  }
  CHECK(RunDirectory(run, config, 1, 40).past().best == RunPast{}.best);
  CHECK_FALSE(std::filesystem::exists(best_checkpoint(run)));
}

TEST_CASE("a folder without a run, and a team without its run, can't be gone on with") {
  const Folder folder;
  const auto says = [&](const std::filesystem::path& path, const std::string& part) {
    const std::string text = complaint([&] { find_run(path); });
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  says(folder.path / "none", "there is no such run folder");
  says(folder.path, "there is no run in it");
  const std::filesystem::path run = folder.path / "run";
  const Config config = tiny();
  Trainer trainer(config, at::kCPU);
  RunDirectory directory(run, config);
  CHECK(find_run(run).checkpoint.config == config);
  CHECK(find_run(run).checkpoint.training.empty());
  Checkpoint team = checkpoint_of(trainer);
  directory.save_as("team", team);
  CHECK(find_run(run / "checkpoints/team.safetensors").folder == run);
  team.training.clear();
  directory.save_as("latest", team);
  says(run, "a team to play with");
  SafetensorsFile file = read_safetensors(run / "checkpoints/team.safetensors");
  file.tensors["training.bad_numbers"] = at::ones({}, at::kLong);
  write_safetensors(run / "checkpoints/team.safetensors", file);
  says(run / "checkpoints/team.safetensors", "its content is not what was written");
}
