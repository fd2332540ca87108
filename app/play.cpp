// matchday play: a match as a video, a page or a picture, or several in one video.
#include <ATen/ATen.h>
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
#include "files/atomic_file.h"
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
  int match = 0;
};

/// Parses a grid, such as "3x2". Throws BadInput.
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

/// The matches to show: from a file, or played now.
RecordedMatches find_matches(const PlayFlags& flags, int matches) {
  std::error_code error;
  if (std::filesystem::is_regular_file(flags.team, error) && holds_matches(flags.team)) {
    if (!flags.against.empty()) throw BadInput(fmt::format("{}: holds matches; --against has no meaning", flags.team));
    const RecordedMatches recorded = load_matches(flags.team);
    if (flags.match + matches > recorded.matches())
      throw BadInput(fmt::format("{}: holds {} matches, but match {} and {} in all are asked for", flags.team,
                                 recorded.matches(), flags.match, matches));
    return selected(recorded, at::arange(flags.match, flags.match + matches));
  }
  const Decisions decisions = flags.sampled ? Decisions::sampled : Decisions::mean;
  const Team a = find_team(flags.team, decisions, at::kCPU);
  const Team b = find_team(flags.against.empty() ? flags.team : flags.against, decisions, at::kCPU);
  return record_matches(common_rules({&a, &b}, flags.preset), a.policy, b.policy, flags.seed, matches);
}

int play(const PlayFlags& flags) {
  const std::string extension = std::filesystem::path(flags.output).extension().string();
  if (extension != ".mp4" && extension != ".png" && extension != ".html")
    throw BadInput(fmt::format("{}: the output must end in .mp4, .png or .html", flags.output));
  for (const std::string& input : {flags.team, flags.against}) require_other_file(flags.output, input);
  const Grid grid = flags.grid.empty() ? Grid{1, 1} : find_grid(flags.grid);
  if (!flags.grid.empty() && extension != ".mp4")
    throw BadInput(fmt::format("{}: a grid is a video and must end in .mp4", flags.output));

  const RecordedMatches recorded = find_matches(flags, grid.columns * grid.rows);
  const TeamNames names{recorded.team_a, recorded.team_b};
  if (!flags.grid.empty()) {
    const std::vector<Film> films = films_of(recorded);
    save_grid_video(flags.output, recorded.rules, names, grid, films);
    fmt::print("{}: {}\n", flags.output, total_score(names, films));
  } else if (extension == ".mp4") {
    fmt::print("{}: {}\n", flags.output, film_match(recorded, flags.output, wide_video));
  } else if (extension == ".html") {
    const Film film = films_of(recorded).front();
    save_page(flags.output, recorded.rules, names, film);
    fmt::print("{}: {}\n", flags.output, final_score(names, film));
  } else {
    if (flags.step > recorded.steps())
      throw BadInput(fmt::format("--step is {} but the match has {} steps", flags.step, recorded.steps()));
    const Film film = films_of(recorded).front();
    const std::size_t step = flags.step < 0 ? film.size() / 2 : static_cast<std::size_t>(flags.step);
    save_picture(flags.output, recorded.rules, names, film[step]);
    fmt::print("{}: step {} of {}\n", flags.output, step, recorded.steps());
  }
  fmt::print("{}{}", told_of_run(flags.team), told_of_run(flags.against));
  return 0;
}

}  // namespace

void add_play_command(CLI::App& app, int& exit_code) {
  auto flags = std::make_shared<PlayFlags>();
  CLI::App* command = app.add_subcommand("play", "Play a match and write it as a video, a page or a picture.");
  command->add_option("team", flags->team, "team A: checkpoint, run folder, bot, \"trained\"; or a file of matches")
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
  command->add_option("--match", flags->match, "of a file of matches: which one, from 0")
      ->check(CLI::Range(0, 1 << 24));
  add_seed_flag(*command, flags->seed, "of the start and of kick-offs");
  command->add_flag("--sampled", flags->sampled, "draw actions as in training instead of taking the mean");
  command->add_option("--preset", flags->preset, "rules for bots among themselves")->capture_default_str();
  command->callback([flags, &exit_code] { exit_code = play(*flags); });
}

}  // namespace matchday
