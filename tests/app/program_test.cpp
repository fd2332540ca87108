// The built program as users run it: its output and files.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "render/layout.h"
#include "render/video.h"
#include "rules/presets.h"
#include "tests/support/program.h"

namespace matchday {
namespace {

/// The JSON header of a safetensors file, and where the data after it begins.
struct Safetensors {
  explicit Safetensors(const std::string& file) {
    std::uint64_t size = 0;
    std::memcpy(&size, file.data(), sizeof size);
    data = sizeof size + size;
    header = nlohmann::json::parse(file.substr(sizeof size, size));
  }
  nlohmann::json header;
  std::size_t data;
};

std::string weights_of(const fs::path& checkpoint) {
  const std::string file = read_text(checkpoint);
  return file.substr(Safetensors(file).data);
}

/// A recording of footyai-v1 with one number changed: x of the ball in match 4 after 57 steps.
std::string changed_recording(std::string file) {
  const Safetensors content(file);
  const nlohmann::json& ball = content.header.at("ball_pos");
  REQUIRE(ball.at("shape") == nlohmann::json{181, 6, 2});  // moments, matches, x and y
  const std::size_t begin = content.data + ball.at("data_offsets").at(0).get<std::size_t>();
  char* bytes = &file[begin + (57 * 6 + 4) * 2 * sizeof(double)];
  double x = 0.0;
  std::memcpy(&x, bytes, sizeof x);
  x += 0.001;
  std::memcpy(bytes, &x, sizeof x);
  return file;
}

/// A picture of a match in arena has the right size, and is green with something on it.
void check_picture(const cv::Mat& picture, int width) {
  const Layout layout = layout_of(arena(), width);
  REQUIRE(picture.cols == layout.width);
  REQUIRE(picture.rows == layout.height);
  cv::Scalar mean;
  cv::Scalar deviation;
  cv::meanStdDev(picture, mean, deviation);
  REQUIRE(mean[1] > 60.0);
  REQUIRE(deviation[1] > 10.0);
}

/// A video of a match in arena has the right pictures, and as many as the score in `output` requires.
void check_video(const fs::path& path, const std::string& output, int width) {
  INFO(path << "\n" << output);
  std::smatch score;
  REQUIRE(std::regex_search(output, score, std::regex(path.filename().string() + ".* (\\d+) - (\\d+) ")));
  const int goals = std::stoi(score[1]) + std::stoi(score[2]);
  cv::VideoCapture video(path.string(), cv::CAP_FFMPEG);
  cv::Mat frame;
  int frames = 0;
  for (; video.read(frame); ++frames) check_picture(frame, width);
  CHECK(frames == kick_off_frames + steps * VideoOptions{}.frames_per_step + goals * (goal_frames + kick_off_frames));
}

}  // namespace

TEST_CASE("a training run leaves a team, its config, its metrics and its videos", "[program]") {
  const Folder folder;
  const std::string output =
      good_run(folder, tiny_training + " --run run --set evaluation_matches=4 --set video_every=0.5");
  std::vector<std::string> files = folder.files("run");
  CHECK(std::erase_if(
            files, [](const std::string& file) { return file.starts_with("tensorboard/events.out.tfevents."); }) == 1);
  CHECK(files == std::vector<std::string>{"checkpoints",
                                          "checkpoints/best.safetensors",
                                          "checkpoints/iteration-000000000.safetensors",
                                          "checkpoints/iteration-000000002.safetensors",
                                          "checkpoints/latest.safetensors",
                                          "checkpoints/untrained.safetensors",
                                          "config.toml",
                                          "curves.png",
                                          "evaluations.jsonl",
                                          "lock",
                                          "metrics.jsonl",
                                          "summary.txt",
                                          "tensorboard",
                                          "videos",
                                          "videos/000.mp4",
                                          "videos/000.safetensors",
                                          "videos/050.mp4",
                                          "videos/050.safetensors",
                                          "videos/against-role.mp4",
                                          "videos/against-role.safetensors"});
  CHECK(weights_of(folder.path / latest) != weights_of(folder.path / untrained));
  CHECK(contains(good_run(folder, "info " + latest), "2 iterations, 640 match-steps"));
  CHECK(contains(good_run(folder, "info " + untrained), "0 iterations, 0 match-steps"));

  std::ifstream metrics(folder.path / "run/metrics.jsonl");
  int iteration = 0;
  for (std::string line; std::getline(metrics, line);) {
    const nlohmann::json row = nlohmann::json::parse(line);
    INFO(line);
    ++iteration;
    CHECK(row.at("iteration") == iteration);
    CHECK(row.at("match_steps") == iteration * 8 * steps);
    CHECK(row.at("seconds") > 0.0);
    for (const auto& [name, metric] : row.items()) CHECK(metric.is_number());  // JSON numbers are finite
  }
  CHECK(iteration == 2);

  const std::string summary = read_text(folder.path / "run/summary.txt");
  CHECK(std::regex_search(summary, std::regex("\nthe (best|last) team, after 0.00 M match-steps: Elo -?\\d+ \\(")));
  for (const char* opponent : {"\nuntrained self ", "\nstill ", "\nrandom ", "\nchaser ", "\npresser ", "\nkeeper ",
                               "\nrole ", "\ncounter (never trained against) ", "\npasser (never trained against) "})
    CHECK(contains(summary, opponent));
  CHECK(contains(output, summary.substr(summary.find("\n\n"))));
  for (const char* video : {"000", "050"})
    check_video(folder.path / "run/videos" / (video + std::string(".mp4")), output, 640);
  check_video(folder.path / "run/videos/against-role.mp4", output, 1280);

  std::ifstream evaluations(folder.path / "run/evaluations.jsonl");
  std::vector<int> evaluated;
  std::pair<double, int> best{-1e9, -1};  // Elo and iteration
  for (std::string line; std::getline(evaluations, line);) {
    const nlohmann::json evaluation = nlohmann::json::parse(line);
    evaluated.push_back(evaluation.at("match_steps"));
    for (const char* bot : {"still", "random", "chaser", "presser", "keeper", "role"}) {
      const nlohmann::json& score = evaluation.at(bot);
      CHECK(score.at("wins").get<int>() + score.at("draws").get<int>() + score.at("losses").get<int>() == 256);
      CHECK(score.at("goal_difference").is_number());
    }
    const double elo = evaluation.at("elo");
    CHECK(evaluation.at("elo_lowest").get<double>() < elo);
    CHECK(evaluation.at("elo_highest").get<double>() > elo);
    if (elo > best.first) best = {elo, evaluation.at("iteration")};
    for (const char* side : {"own", "opponents"})
      for (const char* metric : {"passes", "shots", "distance_between_mates", "goal_kept"})
        CHECK(evaluation.at("role").at(side).at(metric).is_number());
    CHECK(evaluation.at("role").at("opponents").at("goal_kept") > 0.2);
  }
  CHECK(evaluated == std::vector<int>{0, 320, 640});  // before each iteration of two, and at the end
  CHECK(contains(good_run(folder, "info run"), std::to_string(best.second) + " iterations"));
}

TEST_CASE("the configs that come with the program are good", "[program]") {
  const Folder folder;
  int configs = 0;
  for (const auto& entry : fs::directory_iterator(MATCHDAY_CONFIGS)) {
    if (!entry.is_regular_file()) continue;  // presets/
    INFO(entry.path());
    const std::string device = entry.path().stem() == "gpu" ? " --device cpu" : "";
    good_run(folder, "train " + entry.path().string() + device + " --matches 32 --iterations 1" + quiet +
                         " --set steps=12 --set rollout_steps=0 --run run" + std::to_string(++configs));
  }
  CHECK(configs >= 8);
  // The default config equals the program's settings without one.
  good_run(folder, "train" + quiet + " --iterations 1 --run plain");
  good_run(folder, "train " MATCHDAY_CONFIGS "/default.toml" + quiet + " --iterations 1 --run named");
  CHECK(read_text(folder.path / "plain/config.toml") == read_text(folder.path / "named/config.toml"));
}

TEST_CASE("a run's config makes the same run again, byte by byte", "[program]") {
  const Folder folder;
  good_run(folder,
           tiny_training + quiet + " --set teams=independent --set bot_share=0 --set pool_share=0 --seed 7 --run run");
  good_run(folder, "train run/config.toml --run again");
  const std::string config = read_text(folder.path / "run/config.toml");
  for (const char* line : {"\nmatches = 8 ", "\niterations = 2 ", "\nsteps = 40 ", "\nhidden = [16] ", "\nseed = 7 ",
                           "\nteams = \"independent\" "})
    CHECK(contains(config, line));
  CHECK(read_text(folder.path / "again/config.toml") == config);
  for (const char* name : {"latest.safetensors", "untrained.safetensors"})
    CHECK(read_text(folder.path / "again/checkpoints" / name) == read_text(folder.path / "run/checkpoints" / name));
}

TEST_CASE("a trained team is measured, filmed and described", "[program]") {
  const Folder folder;
  good_run(folder, tiny_training + quiet + " --run run");
  const std::string table = good_run(folder, "eval run --matches 4");
  for (const char* row : {"run against ", "\nrandom ", "\nchaser "}) CHECK(contains(table, row));
  CHECK(contains(good_run(folder, "eval " + latest + " --matches 4 --against " + untrained), "\n" + untrained + " "));
  CHECK(contains(good_run(folder, "eval chaser --matches 4 --decisions sampled --against run"), "\nrun "));

  check_video(folder.path / "match.mp4", good_run(folder, "play chaser --against run"), 1280);
  CHECK(good_run(folder, "play " + latest + " -o a.png --step 7") == "a.png: step 7 of 40\n");
  check_picture(cv::imread(folder.path / "a.png"), 1280);

  const std::string info = good_run(folder, "info run");
  for (const char* part : {"1 network(s)", "2 iterations", "\nhidden = [16] ", "Observation of a team"})
    CHECK(contains(info, part));
}

TEST_CASE("the trained team that comes with the program plays when none is named", "[program]") {
  const Folder folder;
  const nlohmann::json result = nlohmann::json::parse(good_run(folder, "eval --against chaser --matches 32 --json"));
  CHECK(result.at("team") == "trained");
  CHECK(result.at("wins").get<int>() > 32);  // half of the 64 matches
  CHECK(contains(good_run(folder, "play --against role -o match.png"), "match.png: step 90 of 180"));
  CHECK(contains(good_run(folder, "info trained"), "1 network(s)"));
}

TEST_CASE("bots play each other", "[program]") {
  const Folder folder;
  CHECK(good_run(folder, "play chaser --against random --output match.png") == "match.png: step 90 of 180\n");
  check_picture(cv::imread(folder.path / "match.png"), 1280);
  CHECK(contains(good_run(folder, "eval chaser --against random --matches 2 --preset footyai-v1"), "\nrandom "));
}

TEST_CASE("the program tells what it is and what it can do", "[program]") {
  const Folder folder;
  CHECK(good_run(folder, "--version").starts_with("matchday "));
  const std::string help = good_run(folder, "--help");
  for (const char* command : {"train", "eval", "tournament", "play", "curves", "check", "info", "test"})
    CHECK(contains(help, std::string("\n  ") + command + " "));
  CHECK(contains(good_run(folder, "train --help"), "\n  --iterations "));
  const std::string info = good_run(folder, "info --preset footyai-v2");
  for (const Preset& preset : presets) CHECK(contains(info, "\n  " + std::string(preset.name) + " "));
  CHECK(contains(info, "Observation of a team, D = 29 numbers"));
  const std::string config = good_run(folder, "info --config");
  for (const char* key : {"rules.preset", "rules.steps", "network.hidden", "network.agent", "train.seed"})
    CHECK(contains(config, std::string("\n") + key + " "));
  CHECK(folder.files().empty());
}

TEST_CASE("a training run that is interrupted keeps its team", "[program]") {
  for (const int signal : {SIGINT, SIGTERM}) {
    INFO("signal " << signal);
    const Folder folder;
    Program program(folder, small_training + quiet + " --minutes 10 --run run");
    const auto metrics = folder.path / "run/metrics.jsonl";
    for (int tenths = 0; read_text(metrics).empty() && tenths < 600; ++tenths)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    program.send(signal);
    const Outcome outcome = program.wait();
    INFO(outcome.output << outcome.errors);
    CHECK(outcome.exit_code == 128 + signal);
    CHECK(contains(outcome.output, "interrupted and saved; matchday train --resume run goes on"));
    const std::string lines = read_text(metrics);
    CHECK(contains(good_run(folder, "info " + latest),
                   std::to_string(std::count(lines.begin(), lines.end(), '\n')) + " iterations"));
    good_run(folder, "eval run --matches 2 --against random");
  }
}

TEST_CASE("both backends compute the same on this machine", "[program]") {
  const Folder folder;
  for (const Preset& preset : presets) {
    const std::string output =
        good_run(folder, "check --matches 3 --steps 40 --save match --preset " + std::string(preset.name));
    CHECK(output.starts_with(preset.name));
    CHECK(contains(output, " 3 matches, 120 match-steps"));
    CHECK(contains(output, "\nequal, bit for bit\n"));
    CHECK(folder.files().empty());
  }
}

TEST_CASE("the simulation is measured, a line of JSON for each measurement", "[program]") {
  const Folder folder;
  const std::string bench =
      "bench sim --device cpu --threads 1 --seconds 0.001 --matches 20 --players 2 --csv rows.csv ";
  std::istringstream lines(good_run(folder, bench + "--json --preset arena,footyai-v2"));
  std::map<std::string, std::string> signatures;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto row = nlohmann::json::parse(line);
    const double rate = row["match_steps_per_second"];
    CHECK(rate > 0.0);
    CHECK(row["player_steps_per_second"].get<double>() ==
          Approx(4.0 * rate).epsilon(1e-3).margin(4.0));  // both are rounded
    CHECK(row["fraction_of_bound"].get<double>() == Approx(rate / row["bound"].get<double>()).epsilon(1e-3));
    for (const char* key : {"what", "preset", "backend", "device", "matches", "threads"}) CHECK(row.contains(key));
    CHECK(row["graphs"] == "off");
    // Every backend measured has the reference core's signature.
    const std::string signature = signatures.emplace(row["preset"], row["signature"]).first->second;
    CHECK(row["signature"] == signature);
  }
  CHECK(count == 6);  // three backends, two presets
  CHECK(signatures["arena"] != signatures["footyai-v2"]);
  const std::string rows = read_text(folder.path / "rows.csv");
  CHECK(std::count(rows.begin(), rows.end(), '\n') == 7);  // and the names of the columns
  CHECK(rows.starts_with("what,preset,backend,"));
}

TEST_CASE("rollouts and training are measured beside the simulation", "[program]") {
  const Folder folder;
  const std::string all =
      "bench all --json --device cpu --seconds 0.001 --matches 20 --precision fp32,bf16 --set players=2 --set "
      "rollout_steps=5 --set graphs=on --preset arena ";
  std::map<std::string, std::string> signatures;
  for (const std::string threads : {"1", "2"}) {
    std::istringstream lines(good_run(folder, all + "--threads " + threads));
    std::string told;
    for (std::string line; std::getline(lines, line);) {
      const auto row = nlohmann::json::parse(line);
      const std::string what = row["what"].get<std::string>() + " " + row["precision"].get<std::string>();
      told += what + ", ";
      CHECK(row["graphs"] == "off");  // a CPU records nothing
      const double rate = row["match_steps_per_second"];
      CHECK(rate > 0.0);
      CHECK(row["player_steps_per_second"].get<double>() ==
            Approx(4.0 * rate).epsilon(1e-3).margin(4.0));  // both are rounded
      CHECK(row["fraction_of_bound"].get<double>() == Approx(rate / row["bound"].get<double>()).epsilon(1e-2));
      for (const char* key : {"preset", "backend", "device", "matches", "precision", "threads"})
        CHECK(row.contains(key));
      CHECK(row["signature"] == signatures.emplace(what, row["signature"]).first->second);  // on any number of threads
    }
    CHECK(told == "sim fp32, rollout fp32, train fp32, rollout bf16, train bf16, ");
  }
  CHECK(signatures["rollout fp32"] != signatures["train fp32"]);
  CHECK(signatures["train fp32"] != signatures["train bf16"]);
}

TEST_CASE("the same run twice leaves the same checkpoint, byte for byte", "[program]") {
  const Folder folder;
  for (const std::string run : {"first", "second"})
    good_run(folder, tiny_training + quiet + " --set threads=2 --run " + run);
  const auto checkpoint = [&](const std::string& run) {
    return read_text(folder.path / run / "checkpoints/latest.safetensors");
  };
  CHECK(checkpoint("first").size() > 1000);
  CHECK(checkpoint("first") == checkpoint("second"));
}

TEST_CASE("recorded play is checked, and a changed number is found", "[program]") {
  const char* recordings = std::getenv("MATCHDAY_RECORDED");
  if (!recordings) {
    WARN("MATCHDAY_RECORDED is not set: the program checks no recorded FootyAI play");
    SKIP_TEST("MATCHDAY_RECORDED is not set");
  }
  const Folder folder;
  for (const std::string name : {"footyai-v1", "footyai-v2", "footyai-v2-update"})
    fs::copy_file(fs::path(recordings) / (name + ".safetensors"), folder.path / name);
  const std::string check = "check --preset footyai-v1 --recorded ";
  for (const char* preset : {"footyai-v1", "footyai-v2"}) {
    const std::string report = good_run(folder, std::string("check --preset ") + preset + " --recorded " + preset);
    for (const char* field : {"player position", "ball position", "ball velocity", "score", "observation", "reward"})
      CHECK(std::regex_search(report, std::regex(std::string("\n? +") + field + " +worst error \\d\\S*\n")));
    CHECK(contains(report, "\nas recorded\n"));
  }
  CHECK(contains(good_run(folder, check + "footyai-v2-update"), "\nthe update is as recorded\n"));

  const std::string recording = read_text(folder.path / "footyai-v1");
  write_text(folder.path / "changed", changed_recording(recording));
  const Outcome outcome = run(folder, check + "changed");
  CHECK(outcome.exit_code == 1);
  CHECK(contains(outcome.output, "\nMISMATCH: match 4, step 57, ball position[0]: expected "));

  write_text(folder.path / "cut", recording.substr(0, recording.size() / 2));
  check_refused(folder, check + "cut", "cut: tensor ");
  check_refused(folder, "check --recorded footyai-v1", "only footyai-v1 and footyai-v2 have recorded play");
}

}  // namespace matchday
