#include "app/match_recorder.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>

#include "rules/bad_input.h"

namespace matchday {
namespace {

/// A team's name without characters that a file's name can't have.
std::string in_file_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '\0'; }, '_');
  return name;
}

}  // namespace

MatchRecorder::MatchRecorder(const RecordFlags& flags) : flags_(flags) {
  if (flags.folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(flags.folder, error);
  if (error) throw BadInput(fmt::format("{}: cannot be made: {}", flags.folder, error.message()));
}

std::function<void(const RecordedMatches&)> MatchRecorder::callback() {
  if (flags_.folder.empty()) return {};
  return [this](const RecordedMatches& played) {
    at::Tensor chosen = played.match.remainder(flags_.every) == 0;
    if (flags_.goals) chosen = chosen.logical_and(played.score.sum(0) > 0);
    const at::Tensor places = chosen.nonzero().squeeze(1);
    if (places.numel() == 0) return;
    const RecordedMatches kept = selected(played, places);
    const std::lock_guard lock(mutex_);
    gathered_[{played.team_a, played.team_b}].push_back(kept);
  };
}

void MatchRecorder::save(bool quiet) {
  for (auto& [teams, blocks] : gathered_) {
    std::sort(blocks.begin(), blocks.end(), [](const RecordedMatches& a, const RecordedMatches& b) {
      return a.match[0].item<std::int64_t>() < b.match[0].item<std::int64_t>();
    });
    const std::string pairing = fmt::format("{}-{}", in_file_name(teams.first), in_file_name(teams.second));
    std::string name = pairing;
    for (int k = 2; !written_.insert(name).second; ++k) name = fmt::format("{}-{}", pairing, k);
    const std::string path = (std::filesystem::path(flags_.folder) / (name + ".safetensors")).string();
    RecordedMatches all = joined(blocks);
    sign(all);
    save_matches(path, all);
    if (!quiet) fmt::print("{}: {} matches\n", path, all.matches());
  }
  gathered_.clear();
}

}  // namespace matchday
