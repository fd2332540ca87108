// The program's export and import: output, files, refusals.
#include <string>

#include "tests/support/program.h"

namespace matchday {

TEST_CASE("a trained team is exported in every format, proved, and comes back", "[program]") {
  const Folder folder;
  good_run(folder, tiny_training + quiet + " --run run");
  for (const std::string file : {"team.safetensors", "team.pt", "team.onnx", "team --format onnx"})
    for (const std::string sampled : {"", " --sampled"}) {
      const std::string output = good_run(folder, "export run -o " + file + sampled);
      INFO(output);
      CHECK(contains(output, ": 1000 observations, worst difference from the program's own actions "));
    }
  CHECK(read_text(folder.path / "team").starts_with(std::string("\x08\x08\x12\x08matchday", 12)));
  CHECK(read_text(folder.path / "team.pt").starts_with("PK"));
  CHECK(contains(good_run(folder, "import team.safetensors -o back"), "back: a team of arena, 5 a side"));
  CHECK(contains(good_run(folder, "info back"), "steps = 40 "));
  for (const std::string& name : folder.files()) CHECK_FALSE(contains(name, "unproved"));
}

TEST_CASE("of two independent teams one is chosen to be exported", "[program]") {
  const Folder folder;
  good_run(folder, tiny_training + quiet + " --run run --set teams=independent --set bot_share=0 --set pool_share=0");
  check_refused(folder, "export run -o a.onnx", "run: each team has a network of its own; choose one by --team a or");
  good_run(folder, "export run -o a.safetensors --team a");
  good_run(folder, "export run -o b.safetensors --team b");
  CHECK(read_text(folder.path / "a.safetensors") != read_text(folder.path / "b.safetensors"));
  good_run(folder, "import b.safetensors -o b");
  check_refused(folder, "export b -o b.onnx --team b", "b: both teams share one network, so that there is no --team");
}

TEST_CASE("an export or import that makes no sense is refused in one line", "[program]") {
  const Folder folder;
  good_run(folder, tiny_training + quiet + " --run run");
  good_run(folder, "export run -o team.onnx");
  write_text(folder.path / "letter.txt", "Dear team, it is not about winning.");
  check_refused(folder, "export run", "--output is required");
  check_refused(folder, "export -o team.pt", "checkpoint is required");
  check_refused(folder, "export run -o team.doc", "team.doc: the output must end in .safetensors, .pt or .onnx, or");
  check_refused(folder, "export run -o team.doc --format word", "--format: word not in {safetensors,torchscript,onnx}");
  check_refused(folder, "export run -o team.pt --team c", "--team: c not in {a,b}");
  check_refused(folder, "export run -o absent/team.pt", "absent/team.pt: cannot be written: No such file or directory");
  check_refused(folder, "export run -o run --format onnx", "run: cannot be written: Is a directory");
  check_refused(folder, "export nosuch -o a.pt", "nosuch: there is no such checkpoint or run folder");
  check_refused(folder, "export chaser -o a.pt", "chaser: there is no such checkpoint or run folder");
  check_refused(folder, "export letter.txt -o a.pt", "letter.txt: not a safetensors file");
  check_refused(folder, "import letter.txt -o a", "letter.txt: not a safetensors file");
  check_refused(folder, "import team.onnx -o a", "team.onnx: not a safetensors file");
  check_refused(folder, "import nosuch -o a", "nosuch: cannot be read: No such file or directory");
  check_refused(folder, "import " + latest + " -o a", "this is a checkpoint already and needs no import");
  check_refused(folder, "import letter.txt -o absent/a", "absent/a: cannot be written: No such file or directory");
  check_refused(folder, "import letter.txt -o a --preset tennis", "preset is \"tennis\"");
}

}  // namespace matchday
