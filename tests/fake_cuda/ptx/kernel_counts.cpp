// kernel_counts [chasing|given]: what every translated kernel does in a launch, one a line, for scripts/kernel-report:
// its name, the instructions that a thread takes and that a warp issues, and the sectors that a warp's load and its
// store touch.
#include <cmath>
#include <cstdio>
#include <string_view>

#include "chance.h"
#include "counts.h"
#include "kernels/cuda/kernels.h"
#include "played.h"
#include "rules/presets.h"

using namespace matchday;
using namespace matchday::kernels;
using namespace matchday::ptx;

namespace {

constexpr std::int64_t batch = 128;  ///< matches or rows, four full warps

void fill(const Arrays& arrays, const char* name, Chance& chance, float lowest, float highest) {
  for (std::int64_t k = 0; k < arrays.count<float>(name); ++k)
    arrays.get<float>(name)[k] = chance.between(lowest, highest);
}

/// Everybody wants to go to the ball, and faster from afar, besides what the means say already.
void chase(const Play& play, const Arrays& arrays) {
  const MatchArrays matches = matches_in(play, arrays);
  const std::int64_t n = play.rules.players;
  const std::int64_t row = (2 * n + 1) * matches.stride;
  auto* mean = arrays.get<float>("mean");
  for (std::int64_t team = 0; team < 2; ++team)
    for (std::int64_t b = 0; b < play.matches; ++b)
      for (std::int64_t k = 0; k < n; ++k, mean += 4)
        for (std::int64_t axis = 0; axis < 2; ++axis) {
          const float* bodies = matches.bodies + axis * row + b;
          const float gap = bodies[2 * n * matches.stride] - bodies[(team * n + k) * matches.stride];
          mean[axis] += (team == 1 && sees_own_side(play.rules) ? -gap : gap) / 6.0F;
        }
}

/// A match from its start to its end as a rollout plays it, by networks that have learned nothing, so that everybody
/// does something else in every step, or that have learned to run ("chasing"); or with such actions given, which no
/// distribution is sampled for ("given").
void play_matches(const Rules& rules, std::string_view how, Chance& chance) {
  const Play play{rules, batch, rules.steps, true, sees_own_side(rules), false, 0, true, true, true, 0};
  const MatchConstants constants = match_constants(rules, 1);
  const Arrays arrays = arrays_of(play);
  const MatchArrays matches = matches_in(play, arrays);
  arrays.lie_on_device();
  start_cuda(constants, matches, nullptr, nullptr);
  for (int step = 0; step < rules.steps; ++step) {
    fill(arrays, "mean", chance, -1.0F, 1.0F);
    fill(arrays, "log_std", chance, -1.0F, 0.0F);
    fill(arrays, "action", chance, -1.0F, 1.0F);
    if (how == "chasing") chase(play, arrays);
    RolloutArrays rollout = play_in(play, arrays);
    if (how == "given") rollout.samples.mean = nullptr;
    rollout_step_cuda(constants, matches, rollout, nullptr);
  }
  observe_cuda(constants, matches, arrays.get<float>("seen"), nullptr);
  observe_players_cuda(constants, matches, arrays.get<float>("seen_by_players"), nullptr);
}

/// The kernels that need no game, for teams of five; all bots are the one that has most to think about.
void decide(Chance& chance) {
  Rules rules = arena();
  const Play play{rules, batch, rules.steps, true, true, false, 0, true, true, true, 0};
  const Arrays matches = arrays_of(play);
  std::memset(matches.get<std::byte>("clock"), 0, batch * sizeof(std::int32_t));
  fill(matches, "mean", chance, -1.0F, 1.0F);
  fill(matches, "log_std", chance, -1.0F, 0.0F);
  matches.lie_on_device();
  const NoiseArrays noise{batch,
                          rules.players,
                          1,
                          slot_action_noise,
                          matches.get<std::int64_t>("match"),
                          matches.get<std::int32_t>("episode"),
                          matches.get<std::int32_t>("clock")};
  noise_cuda(noise, matches.get<float>("pre_squash"), nullptr);
  sample_actions_cuda(noise, play_in(play, matches).samples, nullptr);
  fill(matches, "bodies", chance, -20.0F, 20.0F);
  for (std::int64_t side = 0; side < 2 * batch; ++side)
    matches.get<std::int32_t>("bots")[side] = static_cast<std::int32_t>(Bot::role);
  bot_actions_cuda(bot_constants(rules, 1),
                   {batch, batch, matches.get<float>("bodies"), noise.match, noise.episode, noise.clock,
                    matches.get<std::int32_t>("bots"), matches.get<float>("action")},
                   nullptr);

  const int outputs = 4 * rules.players;
  Arrays rows;
  for (const char* name : {"mean", "log_std_raw", "pre_squash", "d_mean", "d_log_std_raw"})
    rows.add<float>(name, batch * outputs);
  for (const char* name : {"log_prob", "advantage", "after"}) rows.add<float>(name, batch);
  for (const char* name : {"reward", "returns"}) rows.add<float>(name, rules.steps * batch);
  std::memset(rows.add<bool>("terminated", rules.steps * batch), 0, static_cast<std::size_t>(rules.steps * batch));
  rows.add<float>("metrics", batch * loss_metrics);
  for (const char* name : {"mean", "log_std_raw", "pre_squash", "log_prob", "advantage", "after", "reward"})
    fill(rows, name, chance, -1.0F, 1.0F);
  rows.lie_on_device();
  policy_loss_cuda({}, {true, -3.0F, 0.5F},
                   {batch, outputs, outputs, rows.get<float>("mean"), rows.get<float>("log_std_raw"),
                    rows.get<float>("pre_squash"), rows.get<float>("log_prob"), rows.get<float>("advantage"),
                    rows.get<float>("d_mean"), rows.get<float>("d_log_std_raw"), rows.get<float>("metrics")},
                   nullptr);
  discounted_returns_cuda({rules.steps, batch, 0.97F, rows.get<float>("reward"), rows.get<bool>("terminated"),
                           rows.get<float>("after"), rows.get<float>("returns")},
                          nullptr);
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? std::nan("") : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

int main(int argc, char** argv) {
  Chance chance(1);
  count_from_now_on();
  for (const Preset& preset : presets)
    for (const int players : translated_team_sizes) {
      Rules rules = preset.rules();
      rules.players = players;
      play_matches(rules, argc > 1 ? argv[1] : "", chance);
    }
  decide(chance);
  for (const auto& [name, of] : counts())
    std::printf("%s %.0f %.0f %.1f %.1f\n", name.c_str(), share(of.taken, warp * of.warps), share(of.issued, of.warps),
                share(of.loads.sectors, of.loads.requests), share(of.stores.sectors, of.stores.requests));
}
