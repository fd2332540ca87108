// A run's reports of its team's strength.
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <regex>
#include <string>

#include "tests/support/program.h"

using namespace matchday;

namespace {

/// The line of a table that begins with a name, without alignment.
std::string row_of(const std::string& table, const std::string& name) {
  std::smatch line;
  REQUIRE(std::regex_search(table, line, std::regex("\n" + name + " +([^\n]*)")));
  return std::regex_replace(line[1].str(), std::regex(" +"), " ");
}

}  // namespace

TEST_CASE("a run that ends weaker than it was says so, and tells of its best team", "[program]") {
  const Folder folder;
  // A learning rate so high that the network saturates and stays there.
  const std::string output = good_run(
      folder,
      "train --device cpu --matches 32 --set hidden=[16] --set critic_hidden=[16] --set rollout_steps=20 --set "
      "players=1 "
      "--set steps=60 --set learning_rate=1 --set video_every=0 --set evaluate_every=0.5 --iterations 2 --run run");
  const std::string summary = read_text(folder.path / "run/summary.txt");
  for (const std::string& text : {output, summary}) {
    CHECK(contains(text, "\nthe best team, after 0.00 M match-steps: Elo "));
    CHECK(contains(text, "\nthe run ended weaker than it was, by more than the ratings' intervals: Elo "));
  }
  CHECK(contains(output, "saved run/checkpoints/best.safetensors"));
  CHECK(contains(good_run(folder, "info run"), "0 iterations"));
  CHECK(contains(good_run(folder, "info " + latest), "2 iterations"));

  // The table shows the best team, in other matches than those it was selected by.
  const std::string table = good_run(folder, "eval run --seed 2000 --against role --against chaser");
  for (const char* bot : {"role", "chaser"}) CHECK(row_of(summary, bot) == row_of(table, bot));
  CHECK(row_of(summary, "chaser") !=
        row_of(good_run(folder, "eval " + latest + " --seed 2000 --against chaser"), "chaser"));
  CHECK(row_of(summary, "chaser") != row_of(good_run(folder, "eval run --seed 1000 --against chaser"), "chaser"));
}

TEST_CASE("who names a run means its best team, and is told so", "[program]") {
  const Folder folder;
  good_run(folder,
           tiny_training + " --set video_every=0 --set evaluation_matches=2 --set evaluate_every=0.5 --run run");
  const std::string told = "run: the run's best team, run/checkpoints/best.safetensors\n";
  CHECK(contains(good_run(folder, "eval run --matches 2 --against still"), told));
  CHECK(contains(good_run(folder, "eval still --matches 2 --against run"), told));
  CHECK(contains(good_run(folder, "tournament run still --no-bots --matches 2"), told));
  CHECK(contains(good_run(folder, "play run --against still -o match.png"), told));
  CHECK(contains(good_run(folder, "export run -o best.safetensors"), told));
  good_run(folder, "export run/checkpoints/best.safetensors -o named.safetensors");
  CHECK((read_text(folder.path / "best.safetensors") == read_text(folder.path / "named.safetensors")));
  CHECK_FALSE(contains(good_run(folder, "eval " + latest + " --matches 2 --against still"), "best team"));
  CHECK(nlohmann::json::parse(good_run(folder, "eval run --matches 2 --against still --json")).contains("own"));
}

TEST_CASE("how runs learned is drawn from their evaluations", "[program]") {
  const Folder folder;
  fs::create_directory(folder.path / "run");
  std::string lines;
  for (const int k : {0, 1, 2})
    lines += nlohmann::json{{"iteration", k},
                            {"match_steps", 1000 * k},
                            {"seconds", 10.0 * k},
                            {"elo", 800.0 + 300.0 * k},
                            {"elo_lowest", 700.0 + 300.0 * k},
                            {"elo_highest", 900.0 + 300.0 * k},
                            {"role", {{"goal_difference", -1.0}, {"own", {{"passes", 2.0 + k}}}}},
                            {"chaser", {{"goal_difference", k - 1.5}}}}
                 .dump() +
             "\n";
  write_text(folder.path / "run/evaluations.jsonl", lines);
  good_run(folder, "curves run named=run -o steps.png");
  good_run(folder, "curves run --over seconds -o time.png");
  const cv::Mat steps_drawn = cv::imread(folder.path / "steps.png");
  REQUIRE(steps_drawn.cols == 1280);
  REQUIRE(cv::imread(folder.path / "time.png").size() == cv::Size(1280, steps_drawn.rows));
  good_run(folder, "curves run named=run -o steps.svg");
  CHECK(
      contains(read_text(folder.path / "steps.svg"), "viewBox=\"0 0 1280 " + std::to_string(steps_drawn.rows) + "\""));
  // The interval is drawn, and an older run without Elo still has its other curves.
  const auto drawn = [&](const std::string& text) {
    write_text(folder.path / "run/evaluations.jsonl", text);
    good_run(folder, "curves run -o again.png");
    return read_text(folder.path / "again.png");
  };
  const std::string narrow = std::regex_replace(lines, std::regex("\"elo_lowest\":700"), "\"elo_lowest\":790");
  const std::string before = std::regex_replace(lines, std::regex("\"elo[a-z_]*\":[0-9.]*,"), "");
  CHECK((drawn(lines) == drawn(lines)));
  CHECK((drawn(narrow) != drawn(lines)));
  CHECK((drawn(std::regex_replace(lines, std::regex("passes"), "kicks")) != drawn(lines)));
  CHECK((drawn(before) != drawn(lines)));
  check_refused(folder, "curves nowhere", "nowhere/evaluations.jsonl: cannot be read; is nowhere a run's folder?");
  write_text(folder.path / "run/evaluations.jsonl", lines + "oops\n");
  check_refused(folder, "curves run -o new.png", "run/evaluations.jsonl:4: is no line of a run's log");
  write_text(folder.path / "run/evaluations.jsonl", "");
  check_refused(folder, "curves run -o new.png", "the run was never evaluated");
}
