// matchday play: a match as a video, a page or a picture, or several in one video.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.h"
#include "app/film.h"
#include "app/flags.h"
#include "app/teams.h"
#include "render/grid_video.h"
#include "render/page.h"
#include "render/picture.h"
#include "rules/bad_input.h"

namespace matchday {
namespace {

struct PlayFlags {
  std::string team = trained_team;
  std::string against;
  std::string output = "match.mp4";
  std::string grid;
  std::string preset = "arena";
  std::uint64_t seed = 1;
  bool sampled = false;
  int step = -1;
};

/// The grid that is called "3x2". Throws BadInput.
Grid find_grid(const std::string& name) {
  Grid grid{0, 0};
  const char* end = name.data() + name.size();
  const auto [after_columns, columns_error] = std::from_chars(name.data(), end, grid.columns);
  const bool cross = after_columns != end && *after_columns == 'x';
  const auto [after_rows, rows_error] = std::from_chars(cross ? after_columns + 1 : end, end, grid.rows);
  const auto allowed = [](int count) { return count >= 1 && count <= most_in_grid; };
  if (columns_error != std::errc{} || rows_error != std::errc{} || after_rows != end || !allowed(grid.columns) ||
      !allowed(grid.rows))
    throw BadInput(
        fmt::format("--grid is {}; it must be COLUMNSxROWS, such as 3x2, each from 1 to {}", name, most_in_grid));
  return grid;
}

/// "trained 14 - 6 chaser in 6 matches: 3 won, 1 drawn, 2 lost".
std::string total_score(const TeamNames& names, const std::vector<Film>& films) {
  int goals[2] = {0, 0};
  int won = 0;
  int lost = 0;
  for (const Film& film : films) {
    const auto [a, b] = film.back().score;
    goals[0] += a;
    goals[1] += b;
    won += static_cast<int>(a > b);
    lost += static_cast<int>(a < b);
  }
  const int matches = static_cast<int>(films.size());
  return fmt::format("{} {} - {} {} in {}: {} won, {} drawn, {} lost", names.a, goals[0], goals[1], names.b,
                     matches == 1 ? "1 match" : fmt::format("{} matches", matches), won, matches - won - lost, lost);
}

int play(const PlayFlags& flags) {
  const Decisions decisions = flags.sampled ? Decisions::sampled : Decisions::mean;
  const Team a = find_team(flags.team, decisions, at::kCPU);
  const Team b = find_team(flags.against.empty() ? flags.team : flags.against, decisions, at::kCPU);
  const Rules rules = common_rules({&a, &b}, flags.preset);
  const TeamNames names{a.policy.name, b.policy.name};
  const std::string extension = std::filesystem::path(flags.output).extension().string();
  if (extension != ".mp4" && extension != ".png" && extension != ".html")
    throw BadInput(fmt::format("{}: the output must end in .mp4, .png or .html", flags.output));

  if (!flags.grid.empty()) {
    const Grid grid = find_grid(flags.grid);
    if (extension != ".mp4") throw BadInput(fmt::format("{}: a grid is a video and must end in .mp4", flags.output));
    const std::vector<Film> films = play_matches(rules, a.policy, b.policy, flags.seed, grid.columns * grid.rows);
    save_grid_video(flags.output, rules, names, grid, films);
    fmt::print("{}: {}\n", flags.output, total_score(names, films));
  } else if (extension == ".mp4") {
    const std::string score = film_match(rules, a.policy, b.policy, flags.seed, flags.output, wide_video);
    fmt::print("{}: {}\n", flags.output, score);
  } else if (extension == ".html") {
    const Film film = play_match(rules, a.policy, b.policy, flags.seed);
    save_page(flags.output, rules, names, film);
    fmt::print("{}: {}\n", flags.output, final_score(names, film));
  } else {
    if (flags.step > rules.steps)
      throw BadInput(fmt::format("--step is {} but the match has {} steps", flags.step, rules.steps));
    const Film film = play_match(rules, a.policy, b.policy, flags.seed);
    const std::size_t step = flags.step < 0 ? film.size() / 2 : static_cast<std::size_t>(flags.step);
    save_picture(flags.output, rules, names, film[step]);
    fmt::print("{}: step {} of {}\n", flags.output, step, rules.steps);
  }
  return 0;
}

}  // namespace

void add_play_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<PlayFlags>();
  CLI::App* command = app.add_subcommand("play", "Play a match and write it as a video, a page or a picture.");
  command->add_option("team", flags->team, "team A: checkpoint, run folder, bot, or \"trained\"")
      ->capture_default_str()
      ->type_name("TEAM");
  command->add_option("--against", flags->against, "team B (default: the same)")->type_name("TEAM");
  command
      ->add_option("-o,--output", flags->output,
                   "FILE.mp4, FILE.html to play it in a browser, or FILE.png for one moment")
      ->capture_default_str();
  command->add_option("--step", flags->step, "the picture's step (default: the middle)")->check(CLI::Range(0, 1 << 24));
  command->add_option("--grid", flags->grid, "several matches in one video: 3x2 are three side by side, two rows")
      ->type_name("COLUMNSxROWS");
  add_seed_flag(*command, flags->seed, "of the start and of kick-offs");
  command->add_flag("--sampled", flags->sampled, "draw actions as in training instead of taking the mean");
  command->add_option("--preset", flags->preset, "rules for bots among themselves")->capture_default_str();
  command->callback([flags, &exit_code] { exit_code = play(*flags); });
}

}  // namespace matchday
