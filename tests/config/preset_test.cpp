// Presets: TOML files that come with the program, or are one's own, and keep their names.
#include <fstream>
#include <map>

#include "config/config.h"
#include "rules/presets.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/folder.h"

using namespace matchday;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The path of a preset's file with this text.
std::string written(const Folder& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder.file(name)) << text;
  return folder.file(name);
}

}  // namespace

TEST_CASE("every preset that comes with the program can be played, has a summary and keeps its name") {
  std::map<std::string, std::string> summaries;
  for (const PresetName& preset : preset_names()) {
    INFO(preset.name);
    summaries[preset.name] = preset.summary;
    const Config config = default_config(preset.name);
    CHECK(config.preset == preset.name);
    CHECK(!problem(config));
    const Config again = config_from_toml_text(to_toml(config), "text");
    CHECK(again == config);
    CHECK(again.preset == preset.name);
  }
  CHECK(summaries["futsal"] == "three a side on a small pitch with a ball that rolls less far");
  for (const Preset& game : presets) CHECK(summaries.count(std::string(game.name)) == 1);
}

TEST_CASE("a second preset of a game is that game with other numbers") {
  const Config futsal = load_config(std::nullopt, "futsal", {"players=4"});
  CHECK(futsal.rules.game == Game::arena);
  CHECK(futsal.rules.half_length == 26.0F);
  CHECK(futsal.rules.players == 4);
  CHECK(futsal.rules.player_speed == arena().player_speed);
  CHECK(futsal.train.teacher == "role");
  CHECK(contains(to_toml(futsal), "preset = \"futsal\""));
  CHECK(contains(to_toml(futsal), "game = \"arena\""));
  CHECK(!contains(to_toml(default_config("arena")), "game = "));
}

TEST_CASE("a preset may be a file of one's own") {
  const Folder folder;
  const std::string path = written(folder, "beach.toml", "# sand\n[rules]\ngame = \"footyai-v2\"\nplayers = 2\n");
  const Config config = load_config(std::nullopt, path, {});
  CHECK(config.preset == "beach");
  CHECK(config.rules.game == Game::footyai_v2);
  CHECK(config.rules.players == 2);
  CHECK(config.rules.half_length == footyai_v2().half_length);

  // What such a run wrote is read where the file is not.
  const Config elsewhere = config_from_toml_text(to_toml(config), "text");
  CHECK(elsewhere == config);
  CHECK(elsewhere.preset == "beach");
}

TEST_CASE("a game without a preset is played by its own rules") {
  const Config config = config_from_toml_text("[rules]\ngame = \"footyai-v1\"\n", "text");
  CHECK(config == default_config("footyai-v1"));
  CHECK(config.preset == "footyai-v1");
  Config changed = default_config("arena");  // by hand, without a preset
  changed.rules = footyai_v2();
  CHECK(config_from_toml_text(to_toml(changed), "text").rules.game == Game::footyai_v2);
}

TEST_CASE("a preset that is named later brings its own game") {
  const Folder folder;
  const std::string path = written(folder, "run.toml", to_toml(default_config("futsal")));
  const Config later = load_config(path, "footyai-v2", {});
  CHECK(later.rules.game == Game::footyai_v2);
  CHECK(later.preset == "footyai-v2");
  CHECK(later.rules.half_length == 26.0F);  // the file's keys still hold
}

TEST_CASE("a preset that makes no sense is refused, and its file is named") {
  const Folder folder;
  const auto refused = [&](const std::string& name, const std::string& text) {
    return complaint([&] { load_config(std::nullopt, written(folder, name, text), {}); });
  };
  CHECK(contains(refused("a.toml", "[train]\nmatches = 3\n"), "a.toml: a preset must say which game it plays"));
  CHECK(contains(refused("b.toml", "[rules]\ngame = \"chess\"\n"),
                 "b.toml: [rules] game is \"chess\"; it must be one of arena"));
  CHECK(contains(refused("c.toml", "[rules]\ngame = \"arena\"\nplayers = 99\n"), "c.toml:3: [rules] players is 99"));
  CHECK(contains(refused("d.toml", "[rules]\ngame = \"arena\"\nhalf_width = 6\n"), "d.toml: "));
  CHECK(contains(refused("e f.toml", "[rules]\ngame = \"arena\"\n"), "the preset's name is \"e f\"; it must be"));
  CHECK(contains(complaint([] { load_config(std::nullopt, "no/such.toml", {}); }), "no/such.toml: cannot be read"));
  CHECK(contains(complaint([] { config_from_toml_text("[rules]\npreset = \"../x\"\ngame = \"arena\"\n", "t"); }),
                 "t:2: the preset's name is \"../x\"; it must be"));
  CHECK(contains(
      complaint([] { config_from_toml_text("\n[rules]\npreset = \"x\"\n", "t"); }),
      "t:3: [rules] preset is \"x\"; it must be one of arena, footyai-v1, footyai-v2, futsal, or a preset's file"));
}
