// The logs of a run to resume, metrics.jsonl and evaluations.jsonl, and the name of its TensorBoard file: three parts
// of the input between lines of dashes. What was accepted must read the same when the folder is opened again.
#include <filesystem>

#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "run/run_directory.h"

using namespace matchday;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t iteration = 7;       // the run resumes from here; lines of later iterations are cut
constexpr std::int64_t match_steps = 7000;  // played until then

/// A valid file name: without the characters that the file system forbids.
std::string file_name(std::string_view text) {
  std::string name = "events.out.tfevents." + std::string(text.substr(0, 100));
  for (char& c : name)
    if (c == '/' || c == '\0') c = '_';
  return name;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [metrics, evaluations, name] = fuzz::parts_of<3>(fuzz::text_of(data, size), "\n---\n");
  const fs::path run = fuzz::scratch_file("run");
  fs::remove_all(run);
  fs::create_directories(run / "tensorboard");
  write_text(run / "metrics.jsonl", metrics);
  write_text(run / "evaluations.jsonl", evaluations);
  write_text(run / "tensorboard" / file_name(name), "");

  RunPast first;
  if (!fuzz::accepted([&] { first = RunDirectory(run, Config(), iteration, match_steps).past(); })) return 0;
  RunDirectory again(run, Config(), iteration, match_steps);
  fuzz::require(first.seconds == again.past().seconds && first.evaluated == again.past().evaluated,
                "what a log says is the same when it is read again", metrics);
  again.log({{"iteration", 8.0}, {"match_steps", 8000.0}}, again.past().seconds + 1.0);
  return 0;
}
