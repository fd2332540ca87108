// The bots' launcher on the CPU. This file is compiled once for each instruction set.
#include "kernels/bots/bot_actions.h"
#include "kernels/cpu/wide.h"

namespace matchday::kernels {
inline namespace MATCHDAY_INSTRUCTION_SET {

void bot_actions_of_matches(const BotConstants& constants, const BotArrays& arrays, std::int64_t first,
                            std::int64_t last);
void bot_actions_of_matches(const BotConstants& constants, const BotArrays& arrays, std::int64_t first,
                            std::int64_t last) {
  in_lanes(first, last, [&]<class Float>(std::int64_t b) {
    for (int team = 0; team < 2; ++team) bot_actions<Float>(constants, arrays, b, team);
  });
}

}  // namespace MATCHDAY_INSTRUCTION_SET
}  // namespace matchday::kernels
