// A config file, and after a line that says --set what the command line adds to it, a setting a line. What is taken is
// told again by `to_toml` and means the same.
#include <sstream>
#include <string>
#include <vector>

#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "train/config.h"

using namespace matchday;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  const std::string mark = "\n--set\n";
  const std::size_t end = std::min(text.find(mark), text.size());
  std::vector<std::string> sets;
  std::istringstream rest(text.substr(std::min(end + mark.size(), text.size())));
  for (std::string line; std::getline(rest, line);) sets.push_back(line);

  const std::string path = fuzz::scratch_file("config.toml", text.substr(0, end));
  Config config;
  if (!fuzz::accepted([&] { config = load_config(path, std::nullopt, sets); })) return 0;
  const std::string told = to_toml(config);
  fuzz::require(config_from_toml_text(told, "told") == config, "a config that is told means the same", told);
  return 0;
}
