// FootyAI's presets against play recorded from the original programs. MATCHDAY_RECORDED names the folder of the files.
#include "verify/recorded_play.h"

#include <cstdlib>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "formats/safetensors.h"
#include "rules/bad_input.h"
#include "rules/observation.h"
#include "sim/reference_states.h"
#include "sim/simulator.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

/// A copy with one number changed: the first of that match at that moment.
RecordedPlay changed(const RecordedPlay& recording, const char* name, std::int64_t moment, std::int64_t match,
                     double by) {
  RecordedPlay copy = recording;
  copy[name] = copy.at(name).clone();
  const at::Tensor number = copy[name][moment][match].view(-1)[0];
  number.fill_(number.item<double>() + by);
  return copy;
}

const char* folder() { return std::getenv("MATCHDAY_RECORDED"); }

RecordedPlay recorded(const std::string& preset) {
  return read_safetensors(std::string(folder()) + "/" + preset + ".safetensors").tensors;
}

#define SKIP_WITHOUT_RECORDINGS()                                                         \
  if (!folder()) {                                                                        \
    WARN("MATCHDAY_RECORDED is not set: nothing is compared with recorded FootyAI play"); \
    SKIP_TEST("MATCHDAY_RECORDED is not set");                                            \
  }

/// A recording of one step of one match, one a side: the players far off but for A's, who stands `gap` left of the
/// ball and kicks it to +y. From the centre of the pitch; all that the step does not change is as in footyai-v1.
struct Moment {
  double gap = 20.0;
  double ball_x = 0.0, ball_y = 0.0, ball_vx = 0.0, ball_vy = 0.0;
};

/// Records it by footyai-v1's rules, with what the ball does and the goals told by hand.
RecordedPlay by_hand(const Moment& from, const Moment& to, double goals_a, double reward) {
  const auto numbers = [](const std::vector<double>& values, at::IntArrayRef shape) {
    return at::tensor(values, at::kDouble).view(shape);
  };
  const double a_x = 50.0 + from.ball_x - from.gap;
  const double a_y = 30.0 + from.ball_y;
  const auto observation = [&](const Moment& at, double goals, double time) {
    return std::vector<double>{
        a_x / 100,      a_y / 60,       0,     0, 0.1, 0.1, 0, 0, 0.5 + at.ball_x / 100, 0.5 + at.ball_y / 60,
        at.ball_vx / 2, at.ball_vy / 2, goals, 0, time};
  };
  std::vector<double> seen = observation(from, 0, 1);
  for (const double number : observation(to, goals_a, 0)) seen.push_back(number);
  return {
      {"player_pos", numbers({a_x, a_y, 10, 6, a_x, a_y, 10, 6}, {2, 1, 2, 2})},
      {"player_vel", at::zeros({2, 1, 2, 2}, at::kDouble)},
      {"ball_pos", numbers({50 + from.ball_x, 30 + from.ball_y, 50 + to.ball_x, 30 + to.ball_y}, {2, 1, 2})},
      {"ball_vel", numbers({from.ball_vx, from.ball_vy, to.ball_vx, to.ball_vy}, {2, 1, 2})},
      {"score", numbers({0, 0, goals_a, 0}, {2, 1, 2})},
      {"time_remaining", numbers({1, 0}, {2, 1})},
      {"obs", numbers(seen, {2, 1, 15})},
      {"actions", at::tensor({0.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F}).view({1, 1, 2, 4})},
      {"reward", numbers({reward}, {1, 1})},
      {"done", at::ones({1, 1}, at::kByte)},
  };
}

RecordedReport check_by_hand(const RecordedPlay& recording) {
  Rules rules = preset_with("footyai-v1", 1);
  rules.steps = 1;
  rules.shaping_mean = 0.0F;  // rewards are goals alone, easy to tell by hand
  return check_recorded_play(rules, recording);
}

}  // namespace

TEST_CASE("FootyAI's presets play as the originals did", "[slow]") {
  SKIP_WITHOUT_RECORDINGS();
  for (const std::string preset : {"footyai-v1", "footyai-v2"}) {
    const RecordedReport report = check_recorded_play(*find_preset(preset), recorded(preset));
    std::ostringstream text;
    text << preset << ": " << report.steps << " steps, " << report.near_threshold << " near a threshold, of which "
         << report.near_threshold_differing << " differ; worst errors:";
    for (const auto& [field, error] : report.worst_error) text << " " << field << " " << error << ",";
    WARN(text.str());
    if (report.mismatch)
      FAIL_CHECK(report.mismatch->field << " of match " << report.mismatch->match << " after step "
                                        << report.mismatch->step << ", index " << report.mismatch->index
                                        << ": recorded " << report.mismatch->expected << ", here "
                                        << report.mismatch->actual);
    CHECK(report.steps == 1080);
    CHECK(report.near_threshold < 10);
    CHECK(report.worst_error.size() == (preset == "footyai-v1" ? 9 : 7));
  }
}

TEST_CASE("the reference core steps from recorded states as the simulator does", "[slow]") {
  SKIP_WITHOUT_RECORDINGS();
  for (const std::string preset : {"footyai-v1", "footyai-v2"}) {
    const Rules rules = *find_preset(preset);
    const RecordedSteps steps = recorded_steps(rules, recorded(preset));
    Simulator simulator(rules, {.matches = steps.from.clock.size(0)});
    simulator.set_state(steps.from);
    const StepResult result = simulator.step(steps.action, steps.shaping);
    auto games = to_game_states(rules, steps.from, simulator.seed(), simulator.match_indices());
    for (std::size_t b = 0; b < games.size(); ++b) {
      const auto match = static_cast<std::int64_t>(b);
      const auto outcome =
          reference::step(rules, games[b], to_actions(rules, steps.action, match), steps.shaping.item<float>());
      games[b] = outcome.state;
      CHECK(outcome.reward == result.reward[match].item<float>());
      CHECK(outcome.terminated == result.terminated[match].item<bool>());
    }
    CHECK(difference(to_match_state(rules, games), simulator.state()) == "");
  }
}

TEST_CASE("one changed number in a recording is a mismatch, and the report says where", "[slow]") {
  SKIP_WITHOUT_RECORDINGS();
  struct Change {
    const char* tensor;
    const char* field;  ///< in the report
    double by;
  };
  constexpr Change of_v1[] = {
      {"player_pos", "player position", 1e-3},
      {"player_vel", "player velocity", 1e-3},
      {"ball_pos", "ball position", 1e-3},
      {"ball_vel", "ball velocity", 1e-3},
      {"score", "score", 1.0},
      {"time_remaining", "time", 1.0},
      {"obs", "observation", 1e-3},
      {"actions", "player position", 1e-2},
      {"reward", "reward", 1e-3},
      {"done", "done", 1.0},
  };
  for (const std::string preset : {"footyai-v1", "footyai-v2"})
    for (const auto& [tensor, field, by] : of_v1) {
      const Rules rules = *find_preset(preset);
      const RecordedPlay original = recorded(preset);
      if (!original.contains(tensor)) continue;
      for (const std::int64_t moment : {1, 57, 179}) {
        const RecordedReport report = check_recorded_play(rules, changed(original, tensor, moment, 4, by));
        INFO(preset << ", " << tensor << " at " << moment);
        REQUIRE(report.mismatch);
        CHECK(report.mismatch->field == field);
        CHECK(report.mismatch->match == 4);
        // A wrong state is found after its step; a wrong action by its effect.
        const bool of_step = original.at(tensor).size(0) == rules.steps;
        CHECK(report.mismatch->step == (of_step ? moment + 1 : moment));
        CHECK(report.mismatch->index == 0);
        CHECK(std::abs(report.mismatch->expected - report.mismatch->actual) >= 0.5 * by);
      }
      // The first state results from no step, but play starts from it and it was observed; likewise the last ones.
      for (const std::int64_t moment : {std::int64_t{0}, original.at(tensor).size(0) - 1}) {
        const double change = moment == 0 && by < 1.0 ? 0.1 : by;
        INFO(preset << ", " << tensor << " at " << moment);
        CHECK(check_recorded_play(rules, changed(original, tensor, moment, 2, change)).mismatch);
      }
    }
}

TEST_CASE("a kick, a wall or a goal may come out otherwise where a hair decided it, and only there", "[slow]") {
  // As the rules have it.
  CHECK(!check_by_hand(by_hand({.gap = 2.0}, {.ball_y = 4.0, .ball_vy = 4.0}, 0, 0)).mismatch);
  CHECK(!check_by_hand(by_hand({.gap = 4.0}, {}, 0, 0)).mismatch);

  struct Case {
    const char* name;
    std::function<RecordedPlay(double)> decided_by;  ///< at that distance, recorded with the other outcome
  };
  const Case cases[] = {
      {"kick", [](double d) { return by_hand({.gap = 3.0 + d}, {.ball_y = 4.0, .ball_vy = 4.0}, 0, 0); }},
      {"no kick", [](double d) { return by_hand({.gap = 3.0 - d}, {}, 0, 0); }},
      {"side wall",
       [](double d) {
         return by_hand({.ball_y = 28.0, .ball_vy = 2.0 + d}, {.ball_y = 30.0 + d, .ball_vy = 2.0 + d}, 0, 0);
       }},
      {"end wall",
       [](double d) {
         return by_hand({.ball_x = -47.0, .ball_y = 15.0, .ball_vx = -3.0 + d},
                        {.ball_x = -50.0, .ball_y = 15.0, .ball_vx = 2.4}, 0, 0);
       }},
      {"no goal",
       [](double d) {
         return by_hand({.ball_x = 48.0, .ball_y = 10.0 - d, .ball_vx = 3.0},
                        {.ball_x = 50.0, .ball_y = 10.0 - d, .ball_vx = -2.4}, 0, 0);
       }},
      {"goal", [](double d) { return by_hand({.ball_x = 48.0, .ball_y = -10.0 - d, .ball_vx = 3.0}, {}, 1, 1); }},
  };
  for (const auto& [name, decided_by] : cases) {
    INFO(name);
    const RecordedReport close = check_by_hand(decided_by(5e-5));
    CHECK(!close.mismatch);
    CHECK(close.steps == 1);
    CHECK(close.near_threshold == 1);
    CHECK(close.near_threshold_differing == 1);
    const RecordedReport clear = check_by_hand(decided_by(2e-3));
    CHECK(clear.near_threshold == 0);
    CHECK(clear.mismatch);
  }
}

TEST_CASE("what is no recording of these rules is refused in a sentence", "[slow]") {
  Rules rules = preset_with("footyai-v1", 1);
  rules.steps = 1;
  const RecordedPlay good = by_hand({}, {}, 0, 0);
  const auto with = [&](const char* name, const at::Tensor& tensor) {
    RecordedPlay changed = good;
    changed[name] = tensor;
    return complaint([&] { check_recorded_play(rules, changed); });
  };
  CHECK(complaint([&] { check_recorded_play(rules, good); }) == "nothing was thrown");
  for (const auto& [name, tensor] : good) {
    RecordedPlay changed = good;
    changed.erase(name);
    CHECK(complaint([&] { check_recorded_play(rules, changed); }) == "the recording has no tensor " + name);
    CHECK(complaint([&] { recorded_steps(rules, changed); }) == "the recording has no tensor " + name);
    CHECK(with(name.c_str(), {}) == "the recording has no tensor " + name);
    CHECK(with(name.c_str(), tensor.to(at::kHalf)).find("the recording's " + name + " is Half [") == 0);
    CHECK(with(name.c_str(), tensor.unsqueeze(0)).find("the recording's ") == 0);
    if (!tensor.is_floating_point()) continue;
    for (const double wrong : {std::numeric_limits<double>::quiet_NaN(), 1e30}) {
      at::Tensor numbers = tensor.clone();
      numbers.view(-1)[0] = wrong;
      CHECK(with(name.c_str(), numbers) ==
            "the recording's " + name + " holds a number that is not finite or beyond +-1000000");
    }
  }
  CHECK(with("obs", at::zeros({2, 1, 47}, at::kDouble)) ==
        "the recording's obs is Double [2, 1, 47] but must be Double [2, 1, 15]");
  CHECK(complaint([&] { check_recorded_play(arena(), good); }) == "only footyai-v1 and footyai-v2 have recorded play");
  rules.players = 0;
  CHECK(complaint([&] { check_recorded_play(rules, good); }) ==
        "players is 0; it must be a whole number from 1 to 11 players");
}
