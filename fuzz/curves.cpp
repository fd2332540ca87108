// The logs of a run of which curves are drawn: metrics.jsonl, a line of dashes, evaluations.jsonl.
#include "app/curves.h"

#include <filesystem>

#include "fuzz/scratch.h"
#include "fuzz/target.h"

using namespace matchday;
namespace fs = std::filesystem;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view mark = "\n---\n";
  const std::string_view text = fuzz::text_of(data, size);
  const std::string_view metrics = text.substr(0, text.find(mark));
  const fs::path run = fuzz::scratch_file("run");
  fs::create_directories(run);
  fuzz::write_text(run / "metrics.jsonl", metrics);
  fuzz::write_text(run / "evaluations.jsonl", text.substr(std::min(text.size(), metrics.size() + mark.size())));
  for (const CurvesOver over : {CurvesOver::match_steps, CurvesOver::seconds})
    fuzz::accepted([&] { save_curves(fuzz::scratch_file("curves.png"), {{"run", run}}, over); });
  return 0;
}
