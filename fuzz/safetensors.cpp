// Any safetensors file: what is read and written again reads the same.
#include "policy/safetensors.h"

#include "fuzz/scratch.h"
#include "fuzz/target.h"
#include "policy/seal.h"

using namespace matchday;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = fuzz::scratch_file("given.safetensors", fuzz::text_of(data, size));
  SafetensorsFile file;
  if (!fuzz::accepted([&] { file = read_safetensors(path); })) return 0;
  const std::string again = fuzz::scratch_file("again.safetensors");
  // Names and texts that are no UTF-8, which JSON forbids, are refused by one of the two.
  if (!fuzz::accepted([&] { write_safetensors(again, file); })) return 0;
  SafetensorsFile second = read_safetensors(again);
  seal(file);
  seal(second);
  fuzz::require(file.metadata == second.metadata, "what is written reads as it was", path);
  return 0;
}
