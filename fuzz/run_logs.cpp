// The logs of a run that is to go on, metrics.jsonl and evaluations.jsonl, and the name of its TensorBoard file: three
// parts of the input between lines of dashes. What was taken is there when the folder is opened once more.
#include <array>
#include <filesystem>

#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "train/run_directory.h"

using namespace matchday;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t iteration = 7;       // the run goes on from here; lines of later ones are cut
constexpr std::int64_t match_steps = 7000;  // by then

/// A name that can be one: without what the file system forbids.
std::string file_name(std::string_view text) {
  std::string name = "events.out.tfevents." + std::string(text.substr(0, 100));
  for (char& c : name)
    if (c == '/' || c == '\0') c = '_';
  return name;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view mark = "\n---\n";
  std::array<std::string_view, 3> parts;
  std::string_view rest = fuzz::text_of(data, size);
  for (std::string_view& part : parts) {
    part = rest.substr(0, rest.find(mark));
    rest.remove_prefix(std::min(rest.size(), part.size() + mark.size()));
  }
  const fs::path run = fuzz::scratch_file("run");
  fs::remove_all(run);
  fs::create_directories(run / "tensorboard");
  fuzz::write_text(run / "metrics.jsonl", parts[0]);
  fuzz::write_text(run / "evaluations.jsonl", parts[1]);
  fuzz::write_text(run / "tensorboard" / file_name(parts[2]), "");

  RunPast first;
  if (!fuzz::accepted([&] { first = RunDirectory(run, Config(), iteration, match_steps).past(); })) return 0;
  RunDirectory again(run, Config(), iteration, match_steps);
  fuzz::require(first.seconds == again.past().seconds && first.evaluated == again.past().evaluated,
                "what a log says is the same when it is read again", parts[0]);
  again.log({{"iteration", 8.0}, {"match_steps", 8000.0}}, again.past().seconds + 1.0);
  return 0;
}
