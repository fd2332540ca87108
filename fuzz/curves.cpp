// The logs of a run whose curves are drawn: metrics.jsonl, a line of dashes, evaluations.jsonl.
#include "app/curves.h"

#include <filesystem>

#include "fuzz/scratch.h"
#include "fuzz/target.h"

using namespace matchday;
namespace fs = std::filesystem;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [metrics, evaluations] = fuzz::parts_of<2>(fuzz::text_of(data, size), "\n---\n");
  const fs::path run = fuzz::scratch_file("run");
  fs::create_directories(run);
  write_text(run / "metrics.jsonl", metrics);
  write_text(run / "evaluations.jsonl", evaluations);
  for (const CurvesOver over : {CurvesOver::match_steps, CurvesOver::seconds})
    fuzz::accepted([&] { save_curves(fuzz::scratch_file("curves.png"), {{"run", run}}, over); });
  return 0;
}
