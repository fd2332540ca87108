// What `play` writes besides one match's video: a page, and several matches in a grid.
#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/videoio.hpp>
#include <regex>
#include <string>
#include <vector>

#include "render/frames.h"
#include "render/grid_video.h"
#include "render/video.h"
#include "rules/presets.h"
#include "tests/support/page_data.h"
#include "tests/support/program.h"

namespace matchday {

TEST_CASE("training keeps every k-th match of its evaluations, to be replayed and seen", "[program]") {
  const Folder folder;
  const std::string sets = " --set evaluation_matches=1 --set video_every=0 --set record_every=24 --set steps=90";
  good_run(folder, tiny_training + sets + " --run all");
  good_run(folder, tiny_training + sets + " --set record=goals --run goals");
  const std::string own = "matches/iteration-000000002/team-role.safetensors";
  const std::string of_role = "matches/iteration-000000002/role-team.safetensors";
  // An evaluation plays 128 matches on each side: 0, 24, 48, 72, 96 and 120 are kept.
  for (const std::string& file : {own, of_role}) {
    const std::string replayed = good_run(folder, "replay all/" + file);
    INFO(replayed);
    CHECK(contains(replayed, "6 matches of 90 steps"));
    CHECK(contains(replayed, "native on cpu: equal, bit for bit"));
  }
  CHECK(contains(good_run(folder, "play all/" + own + " --match 2 -o match.png"), "match.png: step 45 of 90"));
  CHECK(folder.files("all/matches").size() == 3 * (1 + 2 * 6));  // three times, six bots, two sides
  // An untrained team concedes goals.
  const std::string with_goals = good_run(folder, "info goals/" + of_role);
  INFO(with_goals);
  CHECK_FALSE(contains(with_goals, " 0 - 0 goals"));
}

TEST_CASE("a match as a page tells what happened in it", "[program]") {
  for (const Preset& preset : presets) {
    INFO(preset.name);
    const Folder folder;
    const Rules rules = preset.rules();
    const std::string output =
        good_run(folder, "play chaser --against presser -o match.html --preset " + std::string(preset.name));
    CHECK(folder.files() == std::vector<std::string>{"match.html"});
    const std::string page = read_text(folder.path / "match.html");
    CHECK(page.size() < 1'000'000);
    const nlohmann::json data = page_data(page);
    CHECK(data.at("names") == nlohmann::json{"chaser", "presser"});

    std::array<int, 2> score{0, 0};
    for (const nlohmann::json& goal : data.at("goals")) ++score[goal.at(1).get<std::size_t>()];
    CHECK(output == "match.html: chaser " + std::to_string(score[0]) + " - " + std::to_string(score[1]) + " presser\n");

    const std::vector<Scene::Position> places = page_places(data);
    const auto bodies = static_cast<std::size_t>(2 * rules.players + 1);
    REQUIRE(places.size() == static_cast<std::size_t>(rules.steps + 1) * bodies);
    CHECK(data.at("owners").get<std::string>().size() == static_cast<std::size_t>(rules.steps + 1));

    // A kicker has the ball in reach: before the step, or after moving in the game in which players move first.
    std::array<int, 2> touches{0, 0};
    for (const nlohmann::json& kick : data.at("kicks")) {
      const auto step = kick.at(0).get<std::size_t>();
      const auto team = kick.at(1).get<std::size_t>();
      const auto body = team * static_cast<std::size_t>(rules.players) + kick.at(2).get<std::size_t>();
      ++touches[team];
      const Scene::Position ball = places[(step - 1) * bodies + bodies - 1];
      CHECK(kick.at(3).get<float>() * data.at("unit").get<float>() == Approx(ball.x).margin(1e-3));
      CHECK(kick.at(4).get<float>() * data.at("unit").get<float>() == Approx(ball.y).margin(1e-3));
      const bool moved_first = rules.game == Game::footyai_v2;
      const bool goal = moved_first && std::any_of(data.at("goals").begin(), data.at("goals").end(),
                                                   [&](const auto& one) { return one.at(0) == step; });
      const Scene::Position player = places[(moved_first ? step : step - 1) * bodies + body];
      if (!goal)  // or all players are at the kick-off already
        CHECK(std::hypot(player.x - ball.x, player.y - ball.y) <= rules.kick_reach + 0.02F);
    }
    CHECK(touches[0] > 0);
    CHECK(touches[1] > 0);
  }
}

TEST_CASE("a grid holds several matches of one seed, the first of them the match of that seed", "[program]") {
  const Folder folder;
  good_run(folder, tiny_training + quiet + " --run run");
  const std::string output = good_run(folder, "play chaser --against run --seed 5 -o grid.mp4 --grid 2x1");
  std::smatch total;
  REQUIRE(std::regex_match(output, total,
                           std::regex("grid\\.mp4: chaser (\\d+) - (\\d+) run in 2 matches: "
                                      "(\\d) won, (\\d) drawn, (\\d) lost\n"
                                      "run: the run's latest team, run/checkpoints/latest.safetensors\n")));
  CHECK(std::stoi(total[3]) + std::stoi(total[4]) + std::stoi(total[5]) == 2);
  cv::VideoCapture video(folder.file("grid.mp4"), cv::CAP_FFMPEG);
  const int least = kick_off_frames + steps * VideoOptions{}.frames_per_step + grid_end_seconds * frames_per_second;
  CHECK(static_cast<int>(video.get(cv::CAP_PROP_FRAME_COUNT)) >= least);

  const std::string one = good_run(folder, "play chaser --against run --seed 5 -o one.mp4 --grid 1x1");
  const std::string page = good_run(folder, "play chaser --against run --seed 5 -o one.html");
  const std::string score = page.substr(page.find(' '), page.find('\n') - page.find(' '));
  CHECK(contains(one, score + " in 1 match: "));
}

}  // namespace matchday
