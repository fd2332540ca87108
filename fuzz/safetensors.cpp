// Any safetensors file: if it can be read and written again, the copy must read the same.
#include "formats/safetensors.h"

#include "formats/file_hash.h"
#include "fuzz/scratch.h"
#include "fuzz/target.h"

using namespace matchday;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = fuzz::scratch_file("given.safetensors", fuzz::text_of(data, size));
  SafetensorsFile file;
  if (!fuzz::accepted([&] { file = read_safetensors(path); })) return 0;
  const std::string again = fuzz::scratch_file("again.safetensors");
  // Names and texts that are not UTF-8, which JSON forbids, are refused by the reader or by the writer.
  if (!fuzz::accepted([&] { write_safetensors(again, file); })) return 0;
  SafetensorsFile second = read_safetensors(again);
  write_hash(file);
  write_hash(second);
  fuzz::require(file.metadata == second.metadata, "what is written reads as it was", path);
  return 0;
}
