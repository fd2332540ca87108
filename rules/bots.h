// The scripted teams, a row each: BOT(name, function, summary). The function, in a file of kernels/bots/, says what its
// players do; the name is what the program, configs and Python know the bot by.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// Those that don't play football.
#define MATCHDAY_IDLE_BOTS(BOT)     \
  BOT(still, stand_still, "stands") \
  BOT(random, act_at_random, "acts at random")

/// Those that teams may train against, from weakest to strongest.
#define MATCHDAY_LEAGUE_BOTS(BOT)                                                           \
  BOT(chaser, chase, "all run to the ball and kick at the goal's middle")                   \
  BOT(presser, press, "the nearest player does, the others hold their places")              \
  BOT(keeper, keep_goal, "keeps its goal, moves with the ball, shoots where there is room") \
  BOT(role, play_roles, "marks, supports, dribbles and passes too")

/// Those held out of all training: a team's results against them show what it learned about football, not about its
/// opponents.
#define MATCHDAY_UNSEEN_BOTS(BOT)                                                         \
  BOT(counter, counter_attack, "waits before its own goal, plays long to a lone striker") \
  BOT(passer, pass_on, "keeps the ball by short passes, and shoots only close to the goal")

#define MATCHDAY_BOTS(BOT) MATCHDAY_IDLE_BOTS(BOT) MATCHDAY_LEAGUE_BOTS(BOT) MATCHDAY_UNSEEN_BOTS(BOT)

namespace matchday {

#define MATCHDAY_BOT(name, function, summary) name,
enum class Bot : std::int32_t { nobody = -1, MATCHDAY_BOTS(MATCHDAY_BOT) };  ///< nobody: no bot moves this team
#undef MATCHDAY_BOT

// In the order of their numbers.
#define MATCHDAY_BOT(name, function, summary) #name,
inline constexpr std::array names_of_bots = std::to_array<std::string_view>({MATCHDAY_BOTS(MATCHDAY_BOT)});
#undef MATCHDAY_BOT
#define MATCHDAY_BOT(name, function, summary) summary,
inline constexpr std::array summaries_of_bots = std::to_array<std::string_view>({MATCHDAY_BOTS(MATCHDAY_BOT)});
#undef MATCHDAY_BOT

#define MATCHDAY_BOT(name, function, summary) Bot::name,
inline constexpr int idle_bot_count = static_cast<int>(std::to_array({MATCHDAY_IDLE_BOTS(MATCHDAY_BOT)}).size());
inline constexpr int training_bot_count =  // the first of all
    idle_bot_count + static_cast<int>(std::to_array({MATCHDAY_LEAGUE_BOTS(MATCHDAY_BOT)}).size());
inline constexpr int bot_count = static_cast<int>(names_of_bots.size());
#undef MATCHDAY_BOT

/// For a table of settings: "none" MATCHDAY_LEAGUE_BOTS(MATCHDAY_BOT_CHOICE) is "none|chaser|...".
#define MATCHDAY_BOT_CHOICE(name, function, summary) "|" #name

}  // namespace matchday
