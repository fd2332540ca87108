// What the built program refuses: exit code 2, one line that says what is wrong and what is allowed, no new files.
#include <array>
#include <string>
#include <vector>

#include "tests/support/program.h"

namespace matchday {

TEST_CASE("a command line that makes no sense is refused in one line", "[program]") {
  const Folder folder;
  const bool cuda = contains(good_run(folder, "info"), " cuda");
  const std::string absent = cuda ? "cuda:99" : "cuda";
  const std::string games = "must be one of arena, footyai-v1, footyai-v2";
  const std::string devices = "\"abacus\"; it must be one of auto, cpu, cuda, cuda:N, mps";
  const std::vector<std::array<std::string, 2>> cases{
      {"", "A command is required (matchday --help shows what there is)"},
      {"trian", "not expected: trian (matchday --help shows what there is)"},
      {"train --colour red", "not expected: --colour (matchday --help shows what there is)"},
      {"train --matches 0", "matches is 0; it must be a whole number from 1 to 16777216"},
      {"train --matches 16777216 --set rollout_steps=10000", " find room"},
      {"train --matches many", "matches is "},
      {"train --set precision=fp16", "precision is \"fp16\"; it must be one of auto, fp32, bf16"},
      {"eval random --matches 0", "--matches: Value 0 not in range "},
      {"eval random --seed -1", "--seed: Value -1 not in range "},
      {"check --steps many", "--steps: Value many not in range "},
      {"train --preset tennis", games},
      {"play random --preset tennis", games},
      {"train --device abacus", devices},
      {"eval random --device abacus", devices},
      {"check --device " + absent, "device is " + absent + " but this machine has "},
      {"train --run run --device " + absent, "device is " + absent + " but this machine has "},
      {"eval random --against nosuch",
       "nosuch: there is no such checkpoint, run folder or bot (bots: still, random, chaser, presser, keeper, role, "
       "counter, passer)"},
      {"play random --output match.gif", "match.gif: the output must end in .mp4, .png or .html"},
      {"play random --output absent/match.mp4", "absent/match.mp4: cannot be written: No such file or directory"},
      {"play random --output absent/match.png", "absent/match.png: cannot be written: No such file or directory"},
      {"play random --output absent/match.html", "absent/match.html: cannot be written: No such file or directory"},
      {"play random --grid 3", "--grid is 3; it must be COLUMNSxROWS, such as 3x2, each from 1 to 6"},
      {"play random --grid 3x2x1", "--grid is 3x2x1; it must be COLUMNSxROWS"},
      {"play random --grid 0x2", "--grid is 0x2; it must be COLUMNSxROWS"},
      {"play random --grid 7x1", "--grid is 7x1; it must be COLUMNSxROWS"},
      {"play random --grid 1x1 --output match.html", "match.html: a grid is a video and must end in .mp4"},
      {"play random --grid 1x1 --output absent/grid.mp4",
       "absent/grid.mp4: cannot be written: No such file or directory"},
      {"check --save absent/match.safetensors",
       "absent/match.safetensors: cannot be written: No such file or directory"},
      {"check --save .", ".: cannot be written: Is a directory"},
      {"check --save match.safetensors --recorded footyai-v1", "--recorded excludes --save"},
      {"play random --output match.png --step 181", "--step is 181 but the match has 180 steps"},
  };
  for (const auto& [arguments, complaint] : cases) check_refused(folder, arguments, complaint);
  check_refused(folder, "bench", "subcommand is required");
  check_refused(folder, "bench sim --preset rugby", "rugby");
  check_refused(folder, "bench sim --matches 0", "--matches");
  check_refused(folder, "bench sim --preset arena --substeps 4", "no ball passes through a player");
  check_refused(folder, "bench sim --players 12", "players is 12; it must be a whole number from 1 to 11");
  check_refused(folder, "bench train --precision fp16", "--precision");
  check_refused(folder, "bench rollout --set players=12", "players is 12; it must be a whole number from 1 to 11");
  check_refused(folder, "bench sim --csv no/such/rows.csv", "no/such/rows.csv can't be written");
}

TEST_CASE("a config or run folder that is of no use is refused in one line", "[program]") {
  const Folder folder;
  write_text(folder.path / "broken.toml", "[rules]\nplayers = \n");
  write_text(folder.path / "unknown.toml", "[rules]\nplayres = 3\n");
  write_text(folder.path / "range.toml", "[rules]\nplayers = 30\n");
  write_text(folder.path / "type.toml", "[train]\nminutes = \"long\"\n");
  fs::create_directory(folder.path / "full");
  write_text(folder.path / "full/thesis.txt", "dear to somebody");
  const std::vector<std::array<std::string, 2>> cases{
      {"absent.toml", "absent.toml: cannot be read; is there such a file?"},
      {"broken.toml", "broken.toml:2:"},
      {"unknown.toml", "unknown.toml:2: [rules] has no \"playres\"; did you mean players in [rules]?"},
      {"range.toml", "range.toml:2: [rules] players is 30; it must be a whole number from 1 to 11 players"},
      {"type.toml", "type.toml:2: [train] minutes is \"long\"; it must be a number from 0 to 525600 min"},
      {"--set mathces=3", "there is no mathces; did you mean matches in [train]?"},
      {"--set steps=1.5", "steps is 1.5; it must be a whole number from 1 to 100000 steps"},
      {"--run full", "full: is there already; a run needs a folder that is new or empty"},
      {"--run full/thesis.txt", "full/thesis.txt: is there already; a run needs a folder that is new or empty"},
      {"--run full/thesis.txt/run", "full/thesis.txt/run: cannot be made: Not a directory"},
  };
  for (const auto& [arguments, complaint] : cases)
    check_refused(folder, "train --iterations 1 --matches 2 " + arguments, complaint);
  CHECK(read_text(folder.path / "full/thesis.txt") == "dear to somebody");
}

TEST_CASE("a file that is no team is refused in one line", "[program]") {
  const Folder folder;
  good_run(folder, tiny_training + quiet + " --run run");
  good_run(folder, tiny_training + quiet + " --run smaller --set players=2");
  check_refused(folder, "eval run --against smaller", "run and smaller were trained by different rules");
  check_refused(folder, "play run --against smaller", "can't play each other");

  const std::string checkpoint = read_text(folder.path / latest);
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, checkpoint.size() / 3, checkpoint.size() - 1}) {
    write_text(folder.path / "cut", checkpoint.substr(0, size));
    check_refused(folder, "eval cut", "cut: ");
  }
  write_text(folder.path / "letter.txt", "Dear team, it is not about winning.");
  for (const char* command : {"eval ", "play ", "info "})
    check_refused(folder, command + std::string("letter.txt"), "letter.txt: not a safetensors file");
  fs::create_directory(folder.path / "empty");
  check_refused(folder, "eval empty",
                "empty: there is no such checkpoint, run folder or bot (bots: still, random, chaser, presser, keeper, "
                "role, counter, passer)");
}

}  // namespace matchday
