// Match files, corrupted but with a valid hash: matches that load are played, and kernels and plain tensors must give
// the same bits.
#include "evaluate/match_file.h"

#include "config/config.h"
#include "fuzz/edits.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "policy/bots.h"

using namespace matchday;

namespace {

SafetensorsFile good_file() {
  const Rules rules = config_from_toml_text("rules.players = 2\nrules.steps = 4\n", "tiny match").rules;
  const std::string path = fuzz::scratch_file("good.safetensors");
  save_matches(path, record_matches(rules, make_bot("role"), make_bot("chaser"), 1, 2));
  return read_safetensors(path);
}

void play_again(const std::string& path) {
  RecordedMatches recorded = load_matches(path);
  constexpr std::int64_t most = 64;  // match-steps: they take only milliseconds
  if (recorded.matches() * recorded.steps() > most || recorded.rules.substeps > 16) return;
  sign(recorded);
  const auto difference = first_difference(recorded, at::kCPU, BackendKind::tensor);
  fuzz::require(!difference, "kernels and tensors play the same bits", path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SafetensorsFile good = good_file();
  const auto path = fuzz::edited_file(good, fuzz::text_of(data, size));
  if (path) fuzz::accepted([&] { play_again(*path); });
  return 0;
}
