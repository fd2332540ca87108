// matchday curves: how runs learned, side by side.
#include "app/curves.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <memory>

#include "app/commands.h"
#include "app/teams.h"
#include "formats/log_line.h"
#include "policy/bots.h"
#include "render/chart.h"
#include "rules/bad_input.h"

namespace matchday {
namespace {

/// The metrics of training that are drawn beside the evaluations.
struct TrainingPanel {
  const char* metric;
  const char* title;
  double scale;
};
constexpr TrainingPanel training_panels[] = {{"return_per_match", "A's rewards a match", 1.0},
                                             {"entropy", "entropy of an action's component, nats", 1.0},
                                             {"match_steps_per_second", "thousand match-steps/s", 1e-3}};

/// The statistics of the team's own play that are drawn, from the evaluations' matches against `role`.
struct PlayPanel {
  const char* metric;
  const char* title;
};
constexpr PlayPanel play_panels[] = {{"distance_between_mates", "u between two mates, against role"},
                                     {"passes", "passes a match, against role"}};

/// Most points of a curve; a run has thousands of iterations, which are drawn as this many means.
constexpr std::size_t most_points = 200;

/// Lower limits of the axes: an untrained team's Elo or goal difference would leave no room for the rest.
constexpr double lowest_elo = 500.0;
constexpr double lowest_goals = -4.0;

/// The lines of a run's log.
std::vector<LogLine> lines_of(const std::filesystem::path& folder, const char* log) {
  const std::string path = (folder / log).string();
  std::ifstream stream(path);
  if (!stream) throw BadInput(fmt::format("{}: cannot be read; is {} a run's folder?", path, folder.string()));
  std::vector<LogLine> lines;
  for (std::string line; std::getline(stream, line);) {
    LogLine json = LogLine::parse(line, nullptr, false);
    if (!number_in(json, "match_steps") || !number_in(json, "seconds"))
      throw BadInput(fmt::format("{}:{}: is no line of a run's log", path, lines.size() + 1));
    lines.push_back(std::move(json));
  }
  return lines;
}

std::vector<LogLine> evaluations_of(const std::filesystem::path& folder) {
  std::vector<LogLine> lines = lines_of(folder, "evaluations.jsonl");
  if (lines.empty())
    throw BadInput(fmt::format("{}: the run was never evaluated", (folder / "evaluations.jsonl").string()));
  return lines;
}

double place_of(const LogLine& line, CurvesOver over) {
  return over == CurvesOver::seconds ? line["seconds"].get<double>() / 60.0 : line["match_steps"].get<double>() * 1e-6;
}

/// LABEL=RUN, or a run whose label is its folder's name. A folder may have an equals sign in its name.
LabelledRun labelled(const std::string& text) {
  const std::size_t equals = text.find('=');
  std::error_code error;
  if (equals == std::string::npos || std::filesystem::is_directory(text, error)) return {run_name(text), text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// A metric's means over neighbouring iterations.
std::vector<ChartPoint> means(const std::vector<LogLine>& lines, const TrainingPanel& panel, CurvesOver over) {
  const std::size_t together = (lines.size() + most_points - 1) / most_points;
  std::vector<ChartPoint> points;
  for (std::size_t first = 0; first + together <= lines.size() && together > 0; first += together) {
    double sum = 0.0;
    int known = 0;
    for (std::size_t k = first; k < first + together; ++k)
      if (const auto number = number_in(lines[k], panel.metric)) {
        sum += *number;
        ++known;
      }
    if (known > 0) points.push_back({place_of(lines[first + together - 1], over), panel.scale * sum / known});
  }
  return points;
}

/// How each run's team played against `role`, where that was logged.
ChartPanel play_panel(const PlayPanel& play, const std::vector<LabelledRun>& runs,
                      const std::vector<std::vector<LogLine>>& evaluations, CurvesOver over) {
  ChartPanel panel{play.title, {}};
  for (std::size_t k = 0; k < runs.size(); ++k) {
    ChartSeries series{runs[k].label, {}, {}};
    for (const LogLine& line : evaluations[k])
      if (line.contains("role") && line["role"].contains("own"))
        if (const auto number = number_in(line["role"]["own"], play.metric))
          series.points.push_back({place_of(line, over), *number});
    panel.series.push_back(std::move(series));
  }
  return panel;
}

/// Each run's Elo, with the 95 % interval as a band.
ChartPanel elo_panel(const std::vector<LabelledRun>& runs, const std::vector<std::vector<LogLine>>& evaluations,
                     CurvesOver over) {
  ChartPanel panel{"Elo, with its 95 % interval", {}, lowest_elo};
  for (std::size_t k = 0; k < runs.size(); ++k) {
    ChartSeries series{runs[k].label, {}, {}};
    for (const LogLine& line : evaluations[k]) {
      const auto elo = number_in(line, "elo"), lowest = number_in(line, "elo_lowest"),
                 highest = number_in(line, "elo_highest");
      if (!elo || !lowest || !highest) continue;
      series.points.push_back({place_of(line, over), std::max(*elo, lowest_elo)});
      series.band.push_back({std::max(*lowest, lowest_elo), std::max(*highest, lowest_elo)});
    }
    panel.series.push_back(std::move(series));
  }
  return panel;
}

}  // namespace

void save_curves(const std::filesystem::path& path, const std::vector<LabelledRun>& runs, CurvesOver over) {
  const bool by_time = over == CurvesOver::seconds;
  Chart chart{"Elo (500: or less), goals a match ahead of each bot (-4: or worse), play and training",
              by_time ? "minutes of training" : "million match-steps",
              {}};
  std::vector<std::vector<LogLine>> evaluations;
  std::vector<std::vector<LogLine>> metrics;
  for (const LabelledRun& run : runs) {
    evaluations.push_back(evaluations_of(run.folder));
    metrics.push_back(std::filesystem::exists(run.folder / "metrics.jsonl") ? lines_of(run.folder, "metrics.jsonl")
                                                                            : std::vector<LogLine>{});
  }
  chart.panels.push_back(elo_panel(runs, evaluations, over));
  for (const std::string& bot : bot_names()) {
    ChartPanel panel{"against " + bot, {}};
    for (std::size_t k = 0; k < runs.size(); ++k) {
      ChartSeries series{runs[k].label, {}, {}};
      for (const LogLine& line : evaluations[k])
        if (line.contains(bot))
          if (const auto ahead = number_in(line[bot], "goal_difference"))
            series.points.push_back({place_of(line, over), std::max(*ahead, lowest_goals)});
      panel.series.push_back(std::move(series));
    }
    chart.panels.push_back(std::move(panel));
  }
  for (const PlayPanel& play : play_panels) chart.panels.push_back(play_panel(play, runs, evaluations, over));
  for (const TrainingPanel& training : training_panels) {
    ChartPanel panel{training.title, {}};
    for (std::size_t k = 0; k < runs.size(); ++k)
      panel.series.push_back({runs[k].label, means(metrics[k], training, over), {}});
    chart.panels.push_back(std::move(panel));
  }
  save_chart(path, chart);
}

void add_curves_command(CLI::App& app, int& exit_code) {
  struct Flags {
    std::vector<std::string> runs;
    std::string output = "curves.png";
    std::string over = "match-steps";
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("curves", "Draw how runs learned, side by side.");
  command->add_option("runs", flags->runs, "run folders; LABEL=RUN names its line, runs of one label share a colour")
      ->required()
      ->type_name("RUN");
  command->add_option("-o,--output", flags->output, "FILE.png or FILE.svg")->capture_default_str();
  command->add_option("--over", flags->over, "match-steps or seconds")
      ->check(CLI::IsMember({"match-steps", "seconds"}))
      ->capture_default_str();
  command->callback([flags, &exit_code] {
    const std::string extension = std::filesystem::path(flags->output).extension().string();
    if (extension != ".png" && extension != ".svg")
      throw BadInput(fmt::format("{}: the output must end in .png or .svg", flags->output));
    std::vector<LabelledRun> runs;
    for (const std::string& text : flags->runs) runs.push_back(labelled(text));
    save_curves(flags->output, runs, flags->over == "seconds" ? CurvesOver::seconds : CurvesOver::match_steps);
    exit_code = 0;
  });
}

}  // namespace matchday
