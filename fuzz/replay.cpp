// Runs a target where there is no libFuzzer: FUZZ_TARGET FOLDER COUNT runs every file of the corpus, and then COUNT
// random mutations of them, the same ones every time.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz/target.h"

namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t count) { return random() % count; }

/// Removes or doubles a piece, replaces it with one of another input, or flips a bit.
void change(std::string& input, const std::string& other, Random& random) {
  const std::size_t begin = below(random, input.size() + 1);
  const std::size_t length = std::min(below(random, 16), input.size() - begin);
  const std::size_t from = below(random, other.size() + 1);
  switch (below(random, 4)) {
    case 0:
      input.erase(begin, length);
      break;
    case 1:
      input.insert(begin, input.substr(begin, length));
      break;
    case 2:
      input.replace(begin, length, other.substr(from, below(random, 16)));
      break;
    default:
      if (begin < input.size()) input[begin] = static_cast<char>(input[begin] ^ 1 << below(random, 8));
  }
}

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  if (argc != 3 || std::from_chars(argv[2], argv[2] + std::string_view(argv[2]).size(), count).ec != std::errc{}) {
    std::fprintf(stderr, "usage: %s FOLDER COUNT\n", argv[0]);
    return 2;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> corpus{""};
  for (const auto& file : files) {
    std::printf("%s\n", file.c_str());  // the last one printed is the one that crashed
    std::fflush(stdout);
    std::ifstream stream(file, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    run(corpus.back());
  }
  Random random(1);
  for (std::size_t k = 0; k < count; ++k) {
    std::string input = corpus[below(random, corpus.size())];
    for (std::size_t changes = 1 + below(random, 4); changes > 0; --changes)
      change(input, corpus[below(random, corpus.size())], random);
    run(input);
  }
  std::printf("%zu files, %zu inputs made of them\n", files.size(), count);
}
