// The config of a run: rules, network, training. Later sources win: preset defaults, TOML file, --set key=value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/network_options.h"
#include "rules/bad_input.h"
#include "rules/bots.h"
#include "rules/field.h"
#include "rules/rules.h"

namespace matchday {

enum class Algorithm { ppo, reinforce };
constexpr std::string_view choices_of(Algorithm /*kind*/) { return "ppo|reinforce"; }

enum class Precision { automatic, fp32, bf16 };
constexpr std::string_view choices_of(Precision /*kind*/) { return "auto|fp32|bf16"; }

enum class Graphs { automatic, off, on };
constexpr std::string_view choices_of(Graphs /*kind*/) { return "auto|off|on"; }

enum class Teams { shared, independent };
constexpr std::string_view choices_of(Teams /*kind*/) { return "shared|independent"; }

enum class Baseline { none, batch, critic };
constexpr std::string_view choices_of(Baseline /*kind*/) { return "none|batch|critic"; }

enum class Normalise { batch, match, none };
constexpr std::string_view choices_of(Normalise /*kind*/) { return "batch|match|none"; }

enum class Record { all, goals };
constexpr std::string_view choices_of(Record /*kind*/) { return "all|goals"; }

struct TrainOptions {
  Algorithm algorithm = Algorithm::ppo;
  std::int64_t matches = 128;
  std::int64_t rollout_steps = 45;
  std::int64_t match_steps = 48'000'000;
  std::int64_t iterations = 0;
  double minutes = 0.0;
  std::int64_t seed = 1;
  std::string device = "auto";
  Precision precision = Precision::automatic;
  Graphs graphs = Graphs::automatic;
  Teams teams = Teams::shared;
  double gamma = 0.99;
  double lambda = 0.95;
  Baseline baseline = Baseline::critic;
  Normalise normalise = Normalise::batch;
  std::int64_t epochs = 1;
  std::int64_t minibatches = 20;
  std::int64_t minibatch = 0;
  double clip = 0.2;
  double target_kl = 0.0;
  double learning_rate = 7e-4;
  double learning_rate_end = 0.1;
  double gradient_norm = 0.5;
  double value_weight = 0.5;
  double entropy = 0.0;
  std::string teacher = "none";
  double teacher_weight = 1.0;
  double teacher_until = 0.1;
  double teacher_rest = 0.0;
  double shaping_anneal = 0.5;
  std::int64_t shaping_iterations = 0;
  double adam_epsilon = 1e-5;
  double pool_share = 0.0;
  std::int64_t pool_size = 32;
  std::int64_t pool_slots = 4;
  std::int64_t pool_every = 50;
  double pool_margin = 0.7;
  double bot_share = 0.0;
  std::string bots = "all";
  double checkpoint_minutes = 1.0;
  std::int64_t keep_checkpoints = 3;
  double video_every = 0.25;
  double evaluate_every = 0.1;
  std::int64_t evaluation_matches = 256;
  std::int64_t record_every = 0;
  Record record = Record::all;
  std::int64_t threads = 0;
  std::int64_t shards = 0;
  double rank_timeout = 600.0;
};

inline constexpr std::array<Field<TrainOptions>, 49> train_fields{{
    enum_field<&TrainOptions::algorithm>(
        "algorithm", "clipped minibatch epochs with a critic, or one step along the policy gradient a rollout"),
    number_field("matches", &TrainOptions::matches, 1, 16777216, "matches", "how many are played at once"),
    number_field("rollout_steps", &TrainOptions::rollout_steps, 0, 100000, "steps",
                 "length of a rollout; matches go on over rollouts; 0: whole matches, all started together"),
    number_field("match_steps", &TrainOptions::match_steps, 0, 1e15, "match-steps",
                 "length of the run, to the end of the iteration that reaches it; 0: not told so"),
    number_field("iterations", &TrainOptions::iterations, 0, 1e9, "",
                 "length of the run; 0: not told so; of two lengths the one that ends first counts"),
    number_field("minutes", &TrainOptions::minutes, 0, 525600, "min",
                 "longest time for the run, and its length if none else is told; 0: no limit"),
    number_field("seed", &TrainOptions::seed, 0, 9007199254740991.0, "", "what every random number follows from"),
    choice_field("device", &TrainOptions::device, "auto|cpu|cuda|cuda:N|mps",
                 "where to train; auto: the best there is"),
    enum_field<&TrainOptions::precision>(
        "precision",
        "what hidden layers are computed in; all else is fp32. auto: bf16 on a GPU that has it, else fp32"),
    enum_field<&TrainOptions::graphs>(
        "graphs",
        "whether a CUDA device gets an iteration as one recorded graph; auto: where that was tested and pays"),
    enum_field<&TrainOptions::teams>("teams", "both teams play with one network, or each trains its own"),
    number_field("gamma", &TrainOptions::gamma, 0, 1, "", "discount of a reward per step"),
    number_field("lambda", &TrainOptions::lambda, 0, 1, "",
                 "how far ppo trusts rewards before the critic; 0: one step, 1: to the end"),
    enum_field<&TrainOptions::baseline>(
        "baseline",
        "reinforce takes off the returns: nothing, the other matches' mean at that step, or what was expected"),
    enum_field<&TrainOptions::normalise>(
        "normalise", "advantages are scaled by one standard deviation, by each match's own as in FootyAI, or not"),
    number_field("epochs", &TrainOptions::epochs, 1, 1000, "", "how often ppo goes through a rollout"),
    number_field(
        "minibatches", &TrainOptions::minibatches, 1, 1e6, "",
        "steps of ppo in an epoch; the rollout's rows (decisions of a player, or of a team) are shared out evenly"),
    number_field("minibatch", &TrainOptions::minibatch, 0, 1e9, "rows",
                 "at most in a step of ppo, whatever minibatches says; 0: by minibatches"),
    number_field("clip", &TrainOptions::clip, 0.001, 10, "",
                 "ppo gains nothing by changing a decision's probability by more than this share"),
    number_field("target_kl", &TrainOptions::target_kl, 0, 100, "nats",
                 "ppo stops for this rollout when the policy has moved farther; 0: never"),
    number_field("learning_rate", &TrainOptions::learning_rate, 0, 1, "", "of Adam, at the start"),
    number_field("learning_rate_end", &TrainOptions::learning_rate_end, 0, 1, "",
                 "share of learning_rate that is left at the end of the run; it falls linearly"),
    number_field("gradient_norm", &TrainOptions::gradient_norm, 1e-6, 1e6, "",
                 "longer gradients are shortened to this"),
    number_field("value_weight", &TrainOptions::value_weight, 0, 1000, "",
                 "weight of the critic's squared error, in variances of the returns"),
    number_field("entropy", &TrainOptions::entropy, 0, 1, "", "weight of the bonus for spread-out actions"),
    choice_field("teacher", &TrainOptions::teacher, "none" MATCHDAY_LEAGUE_BOTS(MATCHDAY_BOT_CHOICE),
                 "the bot that the team imitates at first"),
    number_field("teacher_weight", &TrainOptions::teacher_weight, 0, 1000, "",
                 "of half the squared distance from what the teacher does, at the start"),
    number_field("teacher_until", &TrainOptions::teacher_until, 0, 1, "",
                 "share of the run over which that weight falls to teacher_rest"),
    number_field("teacher_rest", &TrainOptions::teacher_rest, 0, 1000, "",
                 "what that weight never falls below, so that the team keeps some of the teacher's ways"),
    number_field("shaping_anneal", &TrainOptions::shaping_anneal, 0, 1, "",
                 "shaping rewards fall linearly to zero over this share of the run; 0: they stay"),
    number_field("shaping_iterations", &TrainOptions::shaping_iterations, 0, 1e9, "iterations",
                 "the same over so many iterations, whatever the run's length; 0: by shaping_anneal"),
    number_field("adam_epsilon", &TrainOptions::adam_epsilon, 1e-16, 0.1, "", "Adam's guard against small divisors"),
    number_field("pool_share", &TrainOptions::pool_share, 0, 0.9, "",
                 "share of the matches that are played against earlier selves from a pool"),
    number_field("pool_size", &TrainOptions::pool_size, 1, 10000, "teams", "kept in the pool; the weakest goes first"),
    number_field("pool_slots", &TrainOptions::pool_slots, 1, 256, "teams", "of the pool play at the same time"),
    number_field("pool_every", &TrainOptions::pool_every, 1, 1e9, "iterations",
                 "between snapshots for the pool, when opponents are chosen anew too"),
    number_field("pool_margin", &TrainOptions::pool_margin, 0.5, 1, "",
                 "a snapshot is also taken when this share of the points is won against the pool; 1: never"),
    number_field("bot_share", &TrainOptions::bot_share, 0, 0.9, "",
                 "share of the matches that are played against bots"),
    choice_field("bots", &TrainOptions::bots,
                 "all" MATCHDAY_IDLE_BOTS(MATCHDAY_BOT_CHOICE) MATCHDAY_LEAGUE_BOTS(MATCHDAY_BOT_CHOICE),
                 "which bots these are; all: those who play football, so neither still nor random"),
    number_field("checkpoint_minutes", &TrainOptions::checkpoint_minutes, 0, 525600, "min",
                 "time between checkpoints; 0: only at the end"),
    number_field("keep_checkpoints", &TrainOptions::keep_checkpoints, 1, 1000000, "",
                 "how many checkpoints stay, besides the best"),
    number_field("video_every", &TrainOptions::video_every, 0, 1, "", "share of the run between videos; 0: none"),
    number_field("evaluate_every", &TrainOptions::evaluate_every, 0, 1, "",
                 "share of the run between evaluations against the ladder; 0: only at the end"),
    number_field("evaluation_matches", &TrainOptions::evaluation_matches, 0, 1048576, "matches",
                 "matches on each side against each of the ladder in the closing table; 0: no evaluations at all"),
    number_field("record_every", &TrainOptions::record_every, 0, 1e9, "",
                 "every so many-th match of the evaluations on the way is kept as a file; 0: none"),
    enum_field<&TrainOptions::record>("record", "of those all, or only matches in which goals fell"),
    number_field("threads", &TrainOptions::threads, 0, 4096, "",
                 "CPU threads of a rank; 0: all cores, shared out among the machine's ranks"),
    number_field("shards", &TrainOptions::shards, 0, 65536, "",
                 "equal parts of the matches, a multiple of the ranks; results follow from their number; 0: the ranks"),
    number_field("rank_timeout", &TrainOptions::rank_timeout, 1, 1e6, "s",
                 "how long a rank waits for the others before it takes them for lost"),
}};

/// The first thing that is wrong with these options, as a sentence, or nothing.
std::optional<std::string> problem(const TrainOptions& options);

/// Whether the algorithm uses a critic.
bool needs_critic(const TrainOptions& options);

struct Config {
  std::string preset = "arena";  ///< the name of the preset that it began with
  Rules rules;
  NetworkOptions network;
  TrainOptions train;
};

/// Steps of a rollout, T.
std::int64_t rollout_steps(const Config& config);

/// Equal in the game and in every field of the three tables.
bool operator==(const Config& a, const Config& b);

/// A preset's name and what it is, in a few words; all that come with the program, from configs/presets/.
struct PresetName {
  std::string name;
  std::string summary;
};
std::vector<PresetName> preset_names();

/// Their names: "arena, footyai-v1, ..."
std::string all_presets();

/// The config of a preset: its rules, network and training options. preset: a name, or the path of a TOML file like
/// those in configs/presets/. Throws BadInput if there is no such preset.
Config default_config(std::string_view preset);

/// The first thing that is wrong, as a sentence that names the section, or nothing.
std::optional<std::string> problem(const Config& config);

/// Reads a config: the defaults of its preset, then the file, then `sets` ("rules.players=3" or "players=3") in their
/// order. `rules.preset` in `sets` wins over `preset`, which wins over the file's. A source that gives the run's length
/// (match_steps, iterations or minutes) clears all lengths of earlier sources: the file's length replaces the
/// default's, that of `sets` the file's. Throws BadInput.
Config load_config(const std::optional<std::string>& path, const std::optional<std::string>& preset,
                   const std::vector<std::string>& sets);

/// Reads the output of to_toml, then changes single keys by `sets`; `where` names the text in error messages. Throws
/// BadInput.
Config config_from_toml_text(std::string_view text, const std::string& where,
                             const std::vector<std::string>& sets = {});

/// The whole config as TOML, each key with its help. Reading it back gives an equal config.
std::string to_toml(const Config& config);

/// The rules alone as TOML, which config_from_toml_text reads.
std::string rules_toml(const Rules& rules);

/// A table of all keys: default in that preset, range, unit, help.
std::string describe_config(std::string_view preset = "arena");

}  // namespace matchday
