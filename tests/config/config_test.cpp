#include "config/config.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "config/minibatches.h"
#include "rules/fields.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"

using namespace matchday;

namespace {

const std::vector<std::string> preset_list{"arena", "footyai-v1", "footyai-v2"};

/// The text of the BadInput that `act` throws.
std::string complaint_of_toml(const std::string& text) {
  return complaint([&] { config_from_toml_text(text, "run.toml"); });
}

std::string complaint_of_set(const std::string& set) {
  return complaint([&] { load_config(std::nullopt, std::nullopt, {set}); });
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A file that is removed at the end.
struct File {
  std::string path;
  explicit File(const std::string& text)
      : path(std::filesystem::temp_directory_path() / ("matchday-config-" + std::to_string(::getpid()) + ".toml")) {
    std::ofstream(path, std::ios::binary) << text;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::filesystem::remove(path); }
};

/// Calls `visit(fields, struct)` for the three tables.
template <class Visit>
void for_each_table(Config& config, Visit visit) {
  visit(rules_fields, config.rules);
  visit(network_fields, config.network);
  visit(train_fields, config.train);
}

template <class Owner>
std::size_t size_of(const Field<Owner>& field) {
  return std::visit(
      [](auto member) {
        if constexpr (std::is_same_v<decltype(member), EnumMember<Owner>>)
          return sizeof(Trunk);  // of every enumeration
        else
          return sizeof(std::declval<Owner>().*member);
      },
      field.member);
}

/// Bytes of a struct that begins with `size` bytes and goes on with these members, in this order.
template <class Owner, class Fields>
std::size_t size_of_struct(std::size_t size, const Fields& fields) {
  const auto aligned = [](std::size_t place, std::size_t by) { return (place + by - 1) / by * by; };
  for (const auto& field : fields) size = aligned(size, std::min(size_of(field), sizeof(void*))) + size_of(field);
  return aligned(size, alignof(Owner));
}

/// The first of an enumeration's names that isn't this one.
template <class Owner>
std::string another_choice(const Field<Owner>& field, const std::string& name) {
  const std::string first(field.choices.substr(0, field.choices.find('|')));
  if (first != name) return first;
  const std::string_view rest = field.choices.substr(first.size() + 1);
  return std::string(rest.substr(0, rest.find('|')));
}

/// A random value in the field's range, often one of its bounds.
template <class Owner>
void randomise(Owner& owner, const Field<Owner>& field, std::mt19937& generator) {
  const int kind = static_cast<int>(generator() % 8);
  const double share = kind == 0 ? 0.0 : kind == 1 ? 1.0 : std::uniform_real_distribution<double>()(generator);
  const double number = field.lowest + (field.highest - field.lowest) * (kind < 5 ? share : share * 1e-3);
  const auto put = [&](auto member) {
    using Value = std::remove_cvref_t<decltype(get(owner, member))>;
    if constexpr (std::is_same_v<Value, std::vector<std::int64_t>>)
      set(owner, member,
          Value(field.name == "hidden" ? 1 + generator() % 5 : generator() % 5, static_cast<std::int64_t>(number)));
    else if constexpr (std::is_arithmetic_v<Value>)
      set(owner, member, static_cast<Value>(number));
  };
  std::visit(put, field.member);
}

}  // namespace

TEST_CASE("every member of the structs has a row, with help and a range that holds its default") {
  Config config;
  std::set<std::string> names;
  for_each_table(config, [&](const auto& fields, const auto& owner) {
    for (const auto& field : fields) {
      INFO(field.name);
      CHECK(!field.help.empty());
      CHECK(field.help.find('\n') == std::string_view::npos);
      CHECK((field.choices.empty() ? field.lowest < field.highest : field.lowest == field.highest));
      // Names are unique across all tables, so a bare key is never ambiguous.
      CHECK(names.insert(std::string(field.name)).second);
    }
    CHECK(range_problem(fields, owner) == std::nullopt);
  });
  // A member without a row shows as missing bytes.
  CHECK(size_of_struct<Rules>(sizeof(Rules::game), rules_fields) == sizeof(Rules));
  CHECK(size_of_struct<NetworkOptions>(0, network_fields) == sizeof(NetworkOptions));
  CHECK(size_of_struct<TrainOptions>(0, train_fields) == sizeof(TrainOptions));
}

TEST_CASE("equality of configs looks at every field") {
  Config changed;
  CHECK(changed == Config{});
  changed.rules.game = Game::footyai_v1;
  CHECK(!(changed == Config{}));
  changed = Config{};
  for_each_table(changed, [&](const auto& fields, auto& owner) {
    for (const auto& field : fields) {
      INFO(field.name);
      const auto before = owner;
      const auto change = [&](auto member) {
        using Value = std::remove_cvref_t<decltype(get(owner, member))>;
        if constexpr (std::is_arithmetic_v<Value>)
          set(owner, member, static_cast<Value>(get(owner, member) + 1));
        else if constexpr (std::is_same_v<decltype(member), EnumMember<std::remove_cvref_t<decltype(owner)>>>)
          set(owner, member, another_choice(field, get(owner, member)));
        else
          set(owner, member, Value{});
      };
      std::visit(change, field.member);
      CHECK(!(changed == Config{}));
      owner = before;
      CHECK(changed == Config{});
    }
  });
}

TEST_CASE("every preset is valid with 1 to 11 players") {
  for (const std::string& preset : preset_list)
    for (int players = 1; players <= max_players; ++players) {
      Config config = default_config(preset);
      config.rules.players = players;
      INFO(preset << " " << players << " " << problem(config).value_or("good"));
      CHECK(!problem(config));
    }
}

TEST_CASE("presets bring their own defaults") {
  const Config footyai = default_config("footyai-v2");
  CHECK(footyai.rules.half_length == 50.0F);
  CHECK(footyai.network.agent == Agent::team);
  CHECK(footyai.network.head == Head::footyai);
  CHECK(footyai.network.sigma == Sigma::network);
  CHECK(footyai.network.initialisation == Initialisation::xavier);
  CHECK(footyai.network.critic_hidden.empty());
  CHECK(footyai.train.algorithm == Algorithm::reinforce);
  CHECK(footyai.train.rollout_steps == 0);
  CHECK(footyai.train.normalise == Normalise::match);
  CHECK(footyai.train.baseline == Baseline::none);
  CHECK(footyai.train.learning_rate_end == 1.0);
  CHECK(footyai.train.shaping_iterations == 5000);
  CHECK(default_config("arena").train.teacher == "role");
  CHECK(default_config("arena").train.algorithm == Algorithm::ppo);
  CHECK(default_config("arena").network.agent == Agent::player);
  CHECK(contains(complaint([] { default_config("areena"); }), "it must be one of arena, footyai-v1, footyai-v2"));
}

TEST_CASE("a config that is written is read back equal") {
  for (const std::string& preset : preset_list) {
    const Config config = default_config(preset);
    CHECK(config_from_toml_text(to_toml(config), "text") == config);
    CHECK(to_toml(config_from_toml_text(to_toml(config), "text")) == to_toml(config));
  }
  std::mt19937 generator(1);
  int written = 0;
  while (written < 300) {
    Config config = default_config(preset_list[1 + generator() % 2]);
    for_each_table(config, [&](const auto& fields, auto& owner) {
      for (const auto& field : fields) randomise(owner, field, generator);
    });
    config.rules.half_width = std::max(config.rules.half_width, config.rules.goal_half_width);
    config.train.device = "cuda:12";
    if (problem(config)) continue;
    ++written;
    REQUIRE(config_from_toml_text(to_toml(config), "text") == config);
  }
}

TEST_CASE("an empty list is written and read") {
  Config config = default_config("footyai-v2");
  REQUIRE(config.network.critic_hidden.empty());
  CHECK(contains(to_toml(config), "\ncritic_hidden = [] "));
  CHECK(config_from_toml_text(to_toml(config), "text").network.critic_hidden.empty());
  // It removes the preset's critic.
  const std::string text = "[network]\ncritic_hidden = []\n[train]\nalgorithm = \"reinforce\"\nbaseline = \"none\"\n";
  CHECK(config_from_toml_text(text, "text").network.critic_hidden.empty());
  CHECK(contains(complaint_of_toml("[network]\ncritic_hidden = []\n"), "need a critic"));
}

TEST_CASE("every float survives being written") {
  std::mt19937 generator(2);
  for (int i = 0; i < 200000; ++i) {
    const std::uint32_t bits = generator();
    float value = 0.0F;
    std::memcpy(&value, &bits, sizeof(value));
    if (std::isfinite(value) && static_cast<float>(std::strtod(value_text(value).c_str(), nullptr)) != value)
      FAIL(value_text(value));
  }
  CHECK(value_text(0.1F) == "0.1");
  CHECK(value_text(3.0F) == "3.0");
  CHECK(value_text(5e-4) == "5e-04");
  CHECK(value_text(std::string_view("a\"b\\\n")) == "\"a\\\"b\\\\\\u000A\"");
}

TEST_CASE("what is set later wins, and a preset decides defaults wherever it stands") {
  const File file("[train]\nmatches = 7\ngamma = 1\n[rules]\nplayers = 3\npreset = \"footyai-v1\"\n");
  const Config config = load_config(file.path, std::nullopt, {});
  CHECK(config.rules.game == Game::footyai_v1);
  CHECK(config.rules.half_length == 50.0F);
  CHECK(config.rules.players == 3);
  CHECK(config.train.matches == 7);
  CHECK(config.train.gamma == 1.0);
  CHECK(config.train.baseline == Baseline::none);

  CHECK(load_config(file.path, std::nullopt, {"players=4"}).rules.game == Game::footyai_v1);
  CHECK(load_config(file.path, "footyai-v2", {}).rules.game == Game::footyai_v2);
  CHECK(load_config(file.path, "footyai-v2", {}).rules.players == 3);
  const Config set = load_config(file.path, "footyai-v2", {"players=4", "rules.preset=arena", "rules.players = 5"});
  CHECK(set.rules.game == Game::arena);
  CHECK(set.rules.half_length == 40.0F);
  CHECK(set.rules.players == 5);
  CHECK(load_config(std::nullopt, std::nullopt, {}) == default_config("arena"));
  CHECK(config_from_toml_text("", "text") == default_config("arena"));
}

TEST_CASE("who says how long a run is says all of it") {
  struct Length {
    std::int64_t match_steps;
    std::int64_t iterations;
    double minutes;
    bool operator==(const Length&) const = default;
  };
  const auto length = [](const Config& config) {
    return Length{config.train.match_steps, config.train.iterations, config.train.minutes};
  };
  const auto of_flags = [&](const std::vector<std::string>& sets) {
    return length(load_config(std::nullopt, std::nullopt, sets));
  };
  const std::int64_t standard = Config{}.train.match_steps;
  CHECK(of_flags({}) == Length{standard, 0, 0.0});
  CHECK(of_flags({"minutes=5"}) == Length{0, 0, 5.0});
  CHECK(of_flags({"iterations=300"}) == Length{0, 300, 0.0});
  CHECK(of_flags({"match_steps=48e5"}) == Length{4'800'000, 0, 0.0});
  CHECK(of_flags({"minutes=5", "train.match_steps = 2e6"}) == Length{2'000'000, 0, 5.0});  // a limit
  CHECK(of_flags({"minutes=0", "iterations=3", "match_steps=700"}) == Length{700, 3, 0.0});
  CHECK(of_flags({"minutes=0"}) == Length{standard, 0, 0.0});  // does not set a length
  const File file("[train]\nmatch_steps = 1_000_000\nminutes = 2.5\n");
  CHECK(length(load_config(file.path, std::nullopt, {})) == Length{1'000'000, 0, 2.5});
  CHECK(length(load_config(file.path, std::nullopt, {"minutes=7"})) == Length{0, 0, 7.0});
  CHECK(length(load_config(file.path, std::nullopt, {"minutes=0", "seed=3"})) == Length{1'000'000, 0, 0.0});
  // A run's own config is changed key by key; a config without match_steps (older format) goes by its minutes.
  CHECK(length(config_from_toml_text("[train]\nmatch_steps = 10\niterations = 4\nminutes = 2\n", "text",
                                     {"minutes=9"})) == Length{10, 4, 9.0});
  CHECK(length(config_from_toml_text("[train]\niterations = 0\nminutes = 4.4\n", "text")) == Length{0, 0, 4.4});
}

TEST_CASE("configs from before minibatches were counted have their size") {
  const Config config = config_from_toml_text("[train]\nepochs = 1\nminibatch = 2880\n", "text");
  CHECK(config.train.minibatch == 2880);
  CHECK(minibatches_of(config.train, 57600).count == 20);
  CHECK(minibatches_of(config.train, 10 * 57600).count == 200);
  CHECK(minibatches_of(Config{}.train, 10 * 57600).count == 20);
}

TEST_CASE("keys of version 0.1 that have another name now are read under their old one") {
  const Config now = config_from_toml_text(
      "[network]\nagent = \"team\"\ntrunk = \"residual\"\n[train]\ntarget_kl = 0.1\nshaping_anneal = 0.3\n", "now");
  const Config before = config_from_toml_text(
      "[network]\nkind = \"team\"\nbody = \"residual\"\n[train]\nkl_limit = 0.1\nshaping_until = 0.3\n", "before");
  CHECK(before == now);
  CHECK(load_config({}, {}, {"kind=team", "network.body=residual", "kl_limit=0.1", "train.shaping_until=0.3"}) == now);
  CHECK(now.network.agent == Agent::team);
  CHECK(now.train.shaping_anneal == 0.3);
  CHECK(contains(complaint_of_set("kind=coach"), "agent is \"coach\"; it must be one of player, team"));
  CHECK(contains(complaint_of_set("train.kind=team"), "there is no train.kind"));
}

TEST_CASE("values are set as a shell passes them") {
  const Config config = load_config(std::nullopt, std::nullopt,
                                    {"device=cuda:0", "teams=\"independent\"", "network.hidden=[64, 32]", "minutes=2",
                                     "train.learning_rate = 1e-3", "seed=0x10", "preset=footyai-v2"});
  CHECK(config.train.device == "cuda:0");
  CHECK(config.train.teams == Teams::independent);
  CHECK(config.network.hidden == std::vector<std::int64_t>{64, 32});
  CHECK(config.train.minutes == 2.0);
  CHECK(config.train.learning_rate == 1e-3);
  CHECK(config.train.seed == 16);
  CHECK(config.rules.game == Game::footyai_v2);
}

TEST_CASE("what is wrong in a config is said with its place and what is allowed") {
  struct Case {
    std::string toml;
    std::string message;
  };
  const std::vector<Case> cases{
      {"[rules]\nplayers = 12", "run.toml:2: [rules] players is 12; it must be a whole number from 1 to 11 players"},
      {"[rules]\nplayers = 0", "players is 0"},
      {"[rules]\nplayers = 4294967297", "players is 4294967297"},
      {"[rules]\nplayers = 5.5", "players is 5.5; it must be a whole number"},
      {"[train]\nmatch_steps = 1e300", "match_steps is 1e+300; it must be a whole number from 0 to"},
      {"[train]\nmatch_steps = nan", "match_steps is nan; it must be a whole number from 0 to"},
      {"[rules]\nplayers = \"5\"", "players is \"5\"; it must be a whole number"},
      {"[rules]\nplayers = true", "players is true; it must be a whole number"},
      {"[rules]\nball_keep = nan", "ball_keep is nan; it must be a number from 0.01 to 1"},
      {"[rules]\nhalf_length = inf", "half_length is inf; it must be a number from 5 to 1000 u"},
      {"[rules]\nhalf_length = 1e300", "half_length is 1e+300"},
      {"[rules]\nhalf_length = 1979-05-27", "half_length is a date or time"},
      {"[rules]\nhalf_length = {a = 1}", "half_length is a table"},
      {"[rules]\n" + std::string(4001, '#'), "run.toml:2: has 4001 characters; a line may have 4000"},
      {"[rules]\npreset = 3", "preset is 3; it must be one of arena, footyai-v1, footyai-v2"},
      {"[network]\nhidden = 64", "hidden is 64; it must be a list"},
      {"[network]\nhidden = [64, 0]", "hidden is [64, 0]; it must be a list"},
      {"[network]\nhidden = [64, 0.5]", "hidden is a list; it must be a list [a, b, ...] of whole numbers"},
      {"[network]\nhidden = []", "hidden has 0 layers; it must have 1 to 64"},
      {"[train]\nteams = \"both\"", "teams is \"both\"; it must be one of shared, independent"},
      {"[train]\ndevice = \"cuda:256\"", "device is \"cuda:256\"; it must be one of auto, cpu, cuda, cuda:N, mps"},
      {"[train]\ndevice = \"cuda:\"", "device is \"cuda:\"; it must be one of auto, cpu, cuda, cuda:N, mps"},
      {"[train]\ndevice = \"cuda:N\"", "device is \"cuda:N\""},
      {"[rules]\nplayrs = 3", "run.toml:2: [rules] has no \"playrs\"; did you mean players in [rules]?"},
      {"[train]\nplayers = 3", "[train] has no \"players\"; did you mean players in [rules]?"},
      {"players = 3", "run.toml:1: the key players is in no section; did you mean players in [rules]?"},
      {"[rules]\nzebra_crossing = 1", "[rules] has no \"zebra_crossing\"; `info --config` lists all keys"},
      {"\n[trian]\nmatches = 3", "run.toml:2: there is no section [trian]; did you mean [train]?"},
      {"[[rules]]\nplayers = 3", "[rules] must be one section of keys"},
      {"rules = 3", "[rules] must be one section of keys"},
      {"[rules]\nplayers = ", "run.toml:2:11: not TOML: "},
      {"[rules]\nplayers = 3\nplayers = 3", "run.toml:3:"},
      {"[train]\ndevice = \"\xff\"", "run.toml:2:"},
      {"[train]\nmatch_steps = 0\nminutes = 0", "run.toml: [train] match_steps, iterations and minutes are all 0"},
  };
  for (const Case& one : cases) {
    INFO(one.toml << "\n-> " << complaint_of_toml(one.toml));
    CHECK(contains(complaint_of_toml(one.toml), one.message));
    CHECK(!contains(complaint_of_toml(one.toml), "\n"));
  }
}

TEST_CASE("what is wrong with --set is said") {
  CHECK(contains(complaint_of_set("players"), "--set players: is not of the form key=value"));
  CHECK(contains(complaint_of_set("rules.playres=3"), "there is no rules.playres; did you mean players in [rules]?"));
  CHECK(contains(complaint_of_set("mathces=3"), "did you mean matches in [train]?"));
  CHECK(contains(complaint_of_set("=3"), "there is no ;"));
  CHECK(contains(complaint_of_set("players="), "players is \"\"; it must be a whole number"));
  CHECK(contains(complaint_of_set("players=many"), "--set players=many: [rules] players is \"many\""));
  CHECK(contains(complaint_of_set("device=a\nb"), "device is \"a\\u000Ab\""));
  CHECK(contains(complaint_of_set("players=3\nrules.steps=4"), "players is \"3\\u000Arules.steps=4\""));
  CHECK(contains(complaint_of_set("preset=tennis"), "preset is \"tennis\"; it must be one of arena"));
  CHECK(contains(complaint_of_set("device=\xff"), "not TOML"));
  CHECK(contains(complaint([] { load_config(std::nullopt, "tennis", {}); }), "--preset tennis: "));
}

TEST_CASE("a config that cannot be read is said to be so") {
  const auto load = [](const std::string& path) { return complaint([&] { load_config(path, std::nullopt, {}); }); };
  CHECK(contains(load("no/such.toml"), "no/such.toml: cannot be read"));
  CHECK(contains(load(std::filesystem::temp_directory_path().string()), "is a folder"));
  const File large(std::string((1 << 20) + 1, '#'));
  CHECK(contains(load(large.path), "is larger than 1 MiB"));
  if (std::filesystem::exists("/dev/zero")) CHECK(contains(load("/dev/zero"), "is larger than 1 MiB"));
}

TEST_CASE("the list of keys is aligned and has every key") {
  for (const std::string& preset : preset_list) {
    std::istringstream lines(describe_config(preset));
    std::string header;
    std::getline(lines, header);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count)
      for (const char* column : {"default", "range", "help"}) {
        INFO(line);
        CHECK(line[header.find(column)] != ' ');
        CHECK(line[header.find(column) - 1] == ' ');
      }
    CHECK(count == 1 + rules_fields.size() + network_fields.size() + train_fields.size());
  }
}
