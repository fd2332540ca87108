// What a run is told: the rules, the network, how to train. Defaults of a preset <- TOML file <- --set key=value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/network_options.h"
#include "rules/bad_input.h"
#include "rules/field.h"
#include "rules/rules.h"

namespace matchday {

struct TrainOptions {
  std::int64_t matches = 256;
  std::int64_t iterations = 0;
  double minutes = 5.0;
  std::int64_t seed = 1;
  std::string device = "auto";
  std::string teams = "shared";
  double gamma = 0.99;
  std::string baseline = "batch";
  std::string normalise = "batch";
  double learning_rate = 3e-3;
  double learning_rate_end = 0.1;
  double gradient_norm = 1.0;
  double entropy = 0.0;
  std::int64_t shaping_iterations = 0;
  double adam_epsilon = 1e-8;
  double checkpoint_minutes = 1.0;
  double video_every = 0.25;
  std::int64_t evaluation_matches = 256;
  std::int64_t threads = 0;
};

inline constexpr std::array<Field<TrainOptions>, 19> train_fields{{
    number_field("matches", &TrainOptions::matches, 1, 16777216, "matches", "how many are played at once"),
    number_field("iterations", &TrainOptions::iterations, 0, 1e9, "",
                 "length of the run; 0: until the minutes are over"),
    number_field("minutes", &TrainOptions::minutes, 0, 525600, "min", "longest time for the run; 0: no limit"),
    number_field("seed", &TrainOptions::seed, 0, 9007199254740991.0, "", "what every random number follows from"),
    choice_field("device", &TrainOptions::device, "auto|cpu|cuda|cuda:N|mps",
                 "where to train; auto: the best there is"),
    choice_field("teams", &TrainOptions::teams, "shared|independent",
                 "both teams play with one network, or each trains its own"),
    number_field("gamma", &TrainOptions::gamma, 0, 1, "", "discount of a reward per step"),
    choice_field("baseline", &TrainOptions::baseline, "none|batch",
                 "taken off the returns: nothing, or the other matches' mean at the same step"),
    choice_field("normalise", &TrainOptions::normalise, "batch|match|none",
                 "returns are scaled by one standard deviation, by each match's own as in FootyAI, or not"),
    number_field("learning_rate", &TrainOptions::learning_rate, 0, 1, "", "of Adam, at the start"),
    number_field("learning_rate_end", &TrainOptions::learning_rate_end, 0, 1, "",
                 "share of learning_rate that is left at the end of the run; it falls linearly"),
    number_field("gradient_norm", &TrainOptions::gradient_norm, 1e-6, 1e6, "",
                 "longer gradients are shortened to this"),
    number_field("entropy", &TrainOptions::entropy, 0, 1, "", "weight of the bonus for spread-out actions"),
    number_field("shaping_iterations", &TrainOptions::shaping_iterations, 0, 1e9, "iterations",
                 "shaping rewards fall linearly to zero over so many; 0: they stay"),
    number_field("adam_epsilon", &TrainOptions::adam_epsilon, 1e-16, 0.1, "", "Adam's guard against small divisors"),
    number_field("checkpoint_minutes", &TrainOptions::checkpoint_minutes, 0, 525600, "min",
                 "time between checkpoints; 0: only at the end"),
    number_field("video_every", &TrainOptions::video_every, 0, 1, "", "share of the run between videos; 0: none"),
    number_field("evaluation_matches", &TrainOptions::evaluation_matches, 0, 1048576, "matches",
                 "matches against each bot in an evaluation; 0: no evaluations"),
    number_field("threads", &TrainOptions::threads, 0, 4096, "", "CPU threads; 0: all cores"),
}};

/// The first thing that is wrong with these options, as a sentence, or nothing.
std::optional<std::string> problem(const TrainOptions& options);

struct Config {
  Rules rules;
  NetworkOptions network;
  TrainOptions train;
};

/// Equal in the game and in every field of the three tables.
bool operator==(const Config& a, const Config& b);

/// What a preset's name stands for: its rules, and how its network was made and trained. Throws BadInput.
Config default_config(std::string_view preset);

/// The first thing that is wrong, as a sentence that names the section, or nothing.
std::optional<std::string> problem(const Config& config);

/// Reads a config: the defaults of its preset, then the file, then `sets` ("rules.players=3" or "players=3") in their
/// order. `rules.preset` in `sets` wins over `preset`, which wins over the file's. Throws BadInput.
Config load_config(const std::optional<std::string>& path, const std::optional<std::string>& preset,
                   const std::vector<std::string>& sets);

/// Reads what to_toml wrote; `where` names the text in errors. Throws BadInput.
Config config_from_toml_text(std::string_view text, const std::string& where);

/// The whole config as TOML, each key with its help. Reading it back gives the equal config.
std::string to_toml(const Config& config);

/// A table of all keys: default in that preset, range, unit, help.
std::string describe_config(std::string_view preset = "arena");

}  // namespace matchday
