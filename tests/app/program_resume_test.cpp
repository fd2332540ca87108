// Resuming runs with the built program.
#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/support/program.h"

using namespace matchday;

namespace {

const std::string of_iterations = small_training + quiet + " --set matches=8 --set pool_share=0.5";

/// A checkpoint without its metadata: its tensors' names and bytes.
std::string tensors_of(const fs::path& checkpoint) {
  const std::string file = read_text(checkpoint);
  std::uint64_t size = 0;
  std::memcpy(&size, file.data(), sizeof size);
  nlohmann::json header = nlohmann::json::parse(file.substr(sizeof size, size));
  header.erase("__metadata__");
  return header.dump() + file.substr(sizeof size + size);
}

}  // namespace

TEST_CASE("half a run and its other half leave the bytes of the whole", "[program]") {
  const Folder folder;
  good_run(folder, of_iterations + " --iterations 6 --set learning_rate_end=1 --set shaping_anneal=0 --run whole");
  good_run(folder, of_iterations + " --iterations 3 --set learning_rate_end=1 --set shaping_anneal=0 --run run");
  const std::string output = good_run(folder, "train --resume run --iterations 6");
  CHECK(contains(output, "goes on from run/checkpoints/latest.safetensors, iteration 3"));
  CHECK(read_text(folder.path / latest) == read_text(folder.path / "whole/checkpoints/latest.safetensors"));
  CHECK(read_text(folder.path / "run/config.toml") == read_text(folder.path / "whole/config.toml"));
  const std::string lines = read_text(folder.path / "run/metrics.jsonl");
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 6);
  // From an older checkpoint, training the same iterations again.
  good_run(folder, "train --resume run/checkpoints/iteration-000000003.safetensors --iterations 6");
  CHECK(read_text(folder.path / latest) == read_text(folder.path / "whole/checkpoints/latest.safetensors"));
  const std::string again = read_text(folder.path / "run/metrics.jsonl");
  CHECK(std::count(again.begin(), again.end(), '\n') == 6);
}

TEST_CASE("a run of so many match-steps makes the same team whatever goes on beside it", "[program]") {
  const Folder folder;
  // 8 matches of 40 steps an iteration: the third one reaches 900.
  const std::string training =
      small_training + " --set bot_share=0.8 --set pool_share=0 --match-steps 900 --set video_every=0 ";
  const auto team_of = [&](const std::string& name) {
    return tensors_of(folder.path / name / "checkpoints/latest.safetensors");
  };
  good_run(folder, training + "--set evaluation_matches=0 --set threads=1 --run plain");
  CHECK(contains(good_run(folder, "info plain"), "3 iterations, 960 match-steps"));
  const std::string others[] = {"--set evaluation_matches=2 --set evaluate_every=0.3 --set threads=3 --minutes 60",
                                "--set evaluation_matches=0 --set threads=2 --set checkpoint_minutes=0.0000001"};
  for (const std::string& other : others) {
    const std::string name = "run" + std::to_string(&other - others);
    good_run(folder, training + other + " --run " + name);
    CHECK((team_of(name) == team_of("plain")));
  }
  CHECK((team_of("plain") != tensors_of(folder.path / "plain/checkpoints/untrained.safetensors")));
}

TEST_CASE("a run that its minutes cut off says so, and goes on to the team that it would have been", "[program]") {
  const Folder folder;
  good_run(folder, small_training + quiet + " --match-steps 900 --run whole");
  // The first iteration takes longer than this, so it is the only one.
  const std::string output = good_run(folder, small_training + quiet + " --match-steps 900 --minutes 1e-9 --run run");
  const std::string told =
      "cut off at 36 % of its length by its limit of 1e-09 minutes; matchday train --resume run --set minutes=0 goes "
      "on";
  CHECK(contains(output, told));
  CHECK(contains(read_text(folder.path / "run/summary.txt"), told));
  CHECK(contains(good_run(folder, "info run"), "1 iterations, 320 match-steps"));
  const std::string rest = good_run(folder, "train --resume run --set minutes=0");
  CHECK_FALSE(contains(rest, "cut off"));
  CHECK(read_text(folder.path / latest) == read_text(folder.path / "whole/checkpoints/latest.safetensors"));
  // A run whose length is given in minutes has reached it.
  CHECK_FALSE(contains(good_run(folder, small_training + quiet + " --minutes 1e-9 --run timed"), "cut off"));
}

TEST_CASE("what can't go on is refused with one sentence", "[program]") {
  const Folder folder;
  good_run(folder, of_iterations + " --iterations 2 --run run");
  check_refused(folder, "train --resume none", "none: there is no such run folder");
  check_refused(folder, "train --resume .", ".: there is no run in it");
  check_refused(folder, "train --resume run --seed 9", "seed is 1 in this run and can't become 9");
  check_refused(folder, "train --resume run --set hidden=[8]", "hidden is [16] in this run and can't become [8]");
  check_refused(folder, "train --run run", "run: is there already");
  const std::string whole = read_text(folder.path / latest);
  fs::remove(folder.path / latest);  // its other name must remain
  std::string spoilt = whole;
  spoilt[spoilt.size() - 100] = static_cast<char>(spoilt[spoilt.size() - 100] ^ 16);
  write_text(folder.path / latest, spoilt);
  check_refused(folder, "train --resume run", latest + ": its content is not what was written");
  check_refused(folder, "info run", latest + ": its content is not what was written");
  write_text(folder.path / latest, whole.substr(0, whole.size() / 2));
  check_refused(folder, "train --resume run", latest);
  good_run(folder, "train --resume run/checkpoints/iteration-000000002.safetensors --iterations 3");
}

TEST_CASE("a second process in a run's folder is refused, and the first one does not notice", "[program]") {
  const Folder folder;
  Program first(folder, of_iterations + " --iterations 1000000 --run run");
  for (int tenths = 0; read_text(folder.path / "run/metrics.jsonl").empty() && tenths < 600; ++tenths)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  for (const char* arguments : {"train --resume run", "train --run run --iterations 1"}) {
    const Outcome outcome = run(folder, arguments);
    INFO(arguments << ": " << outcome.errors);
    CHECK(outcome.exit_code == 2);
    CHECK((contains(outcome.errors, "another matchday is training there") ||
           contains(outcome.errors, "is there already")));
  }
  first.send(SIGINT);
  CHECK(first.wait().exit_code == 130);
  good_run(folder, "eval run --matches 2 --against still");
}

TEST_CASE("a disk that is full ends the run with a sentence, and what was saved stays", "[program]") {
  const Folder folder;
  good_run(folder, of_iterations + " --iterations 2 --run run");
  const std::string before = read_text(folder.path / latest);
  // No file may grow beyond this, so the next checkpoint can't be written; the system reports an error as for a full
  // disk.
  const Outcome outcome = run(folder, "train --resume run --iterations 4", before.size() / 2);
  INFO(outcome.output << outcome.errors);
  CHECK(outcome.exit_code == 2);
  CHECK(contains(outcome.errors, "cannot be written: File too large"));
  CHECK(read_text(folder.path / latest) == before);
  for (const std::string& file : folder.files("run")) CHECK_FALSE(contains(file, ".partial-"));
  good_run(folder, "train --resume run --iterations 4");
}

TEST_CASE("matches are recorded, and played again bit for bit", "[program]") {
  const Folder folder;
  const std::string output = good_run(
      folder, "eval chaser --against random --matches 9 --record matches --record-every 4 --preset footyai-v2");
  CHECK(folder.files("matches") == std::vector<std::string>{"chaser-random.safetensors", "random-chaser.safetensors"});
  CHECK(contains(output, "matches/chaser-random.safetensors: 3 matches"));
  const std::string replayed = good_run(folder, "replay matches/chaser-random.safetensors --device cpu");
  CHECK(contains(replayed, "3 matches of 180 steps, chaser against random, footyai-v2, 5 a side"));
  CHECK(contains(good_run(folder, "info matches/chaser-random.safetensors"), "3 matches of 180 steps, chaser against"));
  CHECK(contains(replayed, "native on cpu: equal, bit for bit"));
  CHECK(contains(replayed, "tensor on cpu: equal, bit for bit"));
  // Each opponent, and each kind of decisions, has its own files.
  good_run(folder, "eval chaser --against still --against random --matches 2 --decisions both --record both");
  for (const char* decisions : {"mean", "sampled"})
    CHECK(folder.files(std::string("both/") + decisions) ==
          std::vector<std::string>{"chaser-random.safetensors", "chaser-still.safetensors", "random-chaser.safetensors",
                                   "still-chaser.safetensors"});
  CHECK(contains(good_run(folder, "info both/mean/chaser-still.safetensors"), "2 matches of 180 steps"));

  good_run(folder, "tournament chaser still --no-bots --matches 4 --record goals --record-goals");
  CHECK(folder.files("goals") == std::vector<std::string>{"chaser-still.safetensors", "still-chaser.safetensors"});
  good_run(folder, "play matches/chaser-random.safetensors --match 2 -o match.png");
  good_run(folder, "play matches/chaser-random.safetensors -o match.html");
  check_refused(folder, "play matches/chaser-random.safetensors --match 3 -o other.png", "holds 3 matches");
  check_refused(folder, "play matches/chaser-random.safetensors --against role -o other.png",
                "--against has no meaning");
  check_refused(folder, "replay nowhere.safetensors", "nowhere.safetensors: cannot be read");
  check_refused(folder, "eval chaser --matches 2 --record-every 3", "--record");
  check_refused(folder, "eval chaser --against still --matches 2 --record matches/chaser-random.safetensors/x",
                "cannot be made: Not a directory");
}
