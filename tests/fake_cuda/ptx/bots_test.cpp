// The bots' kernel as nvcc made it, against the CPU's: every array, bit for bit.
#include "arrays.h"
#include "baseline.h"
#include "chance.h"
#include "kernels/cuda/kernels.h"
#include "rules/presets.h"
#include "tests/support/catch.h"

using namespace matchday;
using namespace matchday::kernels;
using namespace matchday::ptx;

namespace {

/// Bodies on a grid of half units, all over the pitch or huddled in its middle, so that many are exactly as near as
/// others; the last component is one of few speeds likewise.
void strew(const Rules& rules, Chance& chance, float* bodies, std::int64_t count) {
  for (std::int64_t k = 0; k < count; ++k) {
    const float reach = chance.one_in(3) ? 8.0F : k < count / 2 ? 2.0F * rules.half_length : 20.0F;
    bodies[k] = 0.5F * static_cast<float>(static_cast<int>(chance.between(-reach, reach)));
    if (chance.one_in(3)) bodies[k] += chance.between(-0.5F, 0.5F);
  }
}

BotArrays bots_in(std::int64_t matches, std::int64_t stride, const Arrays& arrays) {
  return {matches,
          stride,
          arrays.get<float>("bodies"),
          arrays.get<std::int64_t>("match"),
          arrays.get<std::int32_t>("episode"),
          arrays.get<std::int32_t>("clock"),
          arrays.get<std::int32_t>("bots"),
          arrays.get<float>("action")};
}

}  // namespace

TEST_CASE("PTX: bots") {
  for (const Preset& preset : presets)
    for (int players = 1; players <= max_players; ++players)
      for (const std::int64_t b : {0, 1, 31, 33, 200}) {
        Rules rules = preset.rules();
        rules.players = players;
        Chance chance(static_cast<unsigned>(b + players));
        const std::int64_t stride = b + players % 3 * 29;
        Arrays actual;
        auto* match = actual.add<std::int64_t>("match", b, false);
        auto* episode = actual.add<std::int32_t>("episode", b, false);
        auto* clock = actual.add<std::int32_t>("clock", b, false);
        for (std::int64_t m = 0; m < b; ++m) {
          match[m] = static_cast<std::int64_t>(chance.word()) << 20U;
          episode[m] = static_cast<std::int32_t>(chance.word());
          clock[m] = static_cast<std::int32_t>(chance.word());
        }
        const std::int64_t numbers = 4 * (2 * players + 1) * stride;
        strew(rules, chance, actual.add<float>("bodies", numbers, false), numbers);
        auto* bots = actual.add<std::int32_t>("bots", 2 * b, false);
        for (std::int64_t side = 0; side < 2 * b; ++side)
          bots[side] = static_cast<std::int32_t>(chance.word() % (bot_count + 2)) - 1;
        actual.add<float>("action", 8 * b * players);
        const Arrays expected = actual.copy();
        const BotConstants constants = bot_constants(rules, 0xFEDCBA9876543210ULL);
        actual.lie_on_device();
        bot_actions_cuda(constants, bots_in(b, stride, actual), nullptr);
        baseline::kernels_of_this_instruction_set.bot_actions(constants, bots_in(b, stride, expected), 0, b);
        INFO(preset.name << ", " << players << " a side, " << b << " matches");
        REQUIRE(actual.difference(expected) == "");
      }
}
