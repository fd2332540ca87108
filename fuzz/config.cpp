// A config file, then a line `--set` and the command line's settings, one per line. If the config is accepted, the text
// that `to_toml` makes of it must mean the same.
#include <string>
#include <vector>

#include "config/config.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"

using namespace matchday;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [file, sets] = fuzz::parts_of<2>(fuzz::text_of(data, size), "\n--set\n");
  const std::string path = fuzz::scratch_file("config.toml", file);
  const std::vector<std::string> settings = fuzz::lines_of(sets);
  Config config;
  if (!fuzz::accepted([&] { config = load_config(path, std::nullopt, settings); })) return 0;
  const std::string told = to_toml(config);
  fuzz::require(config_from_toml_text(told, "told") == config, "a config that is told means the same", told);
  return 0;
}
