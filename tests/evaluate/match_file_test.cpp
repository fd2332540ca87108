// Recorded matches: a replay has the same bits on every backend, and corruption is found.
#include "evaluate/match_file.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "evaluate/evaluation.h"
#include "formats/file_hash.h"
#include "policy/bots.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"
#include "tests/support/folder.h"
#include "tests/support/scenarios.h"

using namespace matchday;

namespace {

/// Matches with goals, a block and a few more.
RecordedMatches some_matches(const std::string& preset, std::int64_t matches = 140) {
  Rules rules = preset_with(preset, 3);
  rules.steps = 60;
  std::vector<RecordedMatches> blocks;
  const Evaluation evaluation = evaluate(rules, make_bot("chaser"), make_bot("random"),
                                         {.matches = matches, .seed = 5, .record = [&](const RecordedMatches& played) {
                                            if (played.team_a == "chaser") blocks.push_back(played);
                                          }});
  CHECK(blocks.size() == static_cast<std::size_t>((matches + matches_in_block - 1) / matches_in_block));
  RecordedMatches all = joined(blocks);
  CHECK(all.score[0].sum().item<std::int64_t>() == evaluation.as_a.goals_for);
  CHECK(all.score[1].sum().item<std::int64_t>() == evaluation.as_a.goals_against);
  return all;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("recorded matches are played again with the same bits, all of them or a few, on every backend", "[slow]") {
  for (const char* preset : {"arena", "footyai-v1", "footyai-v2"}) {
    const RecordedMatches all = some_matches(preset);
    REQUIRE(all.matches() == 140);
    const at::Tensor result = all.score;
    for (const at::Tensor& places :
         {at::arange(140), at::tensor({3, 128, 139}, at::kLong), at::tensor({77}, at::kLong)}) {
      RecordedMatches chosen = selected(all, places);
      sign(chosen);
      INFO(preset << ", " << places.numel() << " matches");
      CHECK(at::equal(chosen.score, result.index_select(1, places)));  // the final scores of the evaluation
      const Folder folder;
      save_matches(folder.file("m"), chosen);
      const RecordedMatches loaded = load_matches(folder.file("m"));
      CHECK(loaded.team_a == "chaser");
      CHECK(loaded.team_b == "random");
      CHECK(loaded.rules.steps == 60);
      CHECK(same_bits(loaded.action, chosen.action));
      for (const BackendKind backend : {BackendKind::native, BackendKind::tensor})
        CHECK_FALSE(first_difference(loaded, at::kCPU, backend));
    }
  }
}

TEST_CASE("a recorded match that was changed differs from the step on at which it was") {
  RecordedMatches recorded = selected(some_matches("arena", 4), at::tensor({1, 2}, at::kLong));
  sign(recorded);
  RecordedMatches other = recorded;
  other.action = recorded.action.clone();
  other.action[17][0][1][0].fill_(0.3);
  CHECK(first_difference(other, at::kCPU, BackendKind::native) == 17);
  other = recorded;
  other.rules.ball_keep *= 0.999F;
  CHECK(first_difference(other, at::kCPU, BackendKind::native).has_value());
  other = recorded;
  other.start.bodies = recorded.start.bodies.clone();
  other.start.bodies[0][0][0] += 0.01;
  CHECK(first_difference(other, at::kCPU, BackendKind::native) == 0);
}

TEST_CASE("kick-offs of recorded matches follow from their seed and indices") {
  RecordedMatches recorded = some_matches("arena", 40);
  REQUIRE(recorded.score.sum().item<std::int64_t>() > 0);
  sign(recorded);
  RecordedMatches other = recorded;
  other.seed += 1;
  CHECK(first_difference(other, at::kCPU, BackendKind::native).has_value());
  other = recorded;
  other.match = recorded.match + 1;
  CHECK(first_difference(other, at::kCPU, BackendKind::native).has_value());
}

TEST_CASE("files of matches that are broken are refused in one sentence") {
  const Folder folder;
  const std::string path = folder.file("m.safetensors");
  RecordedMatches recorded = selected(some_matches("arena", 4), at::tensor({1, 2}, at::kLong));
  sign(recorded);
  save_matches(path, recorded);
  const std::string bytes = bytes_of(path);
  const SafetensorsFile good = read_safetensors(path);
  const auto says = [&](const std::string& part) {
    const std::string text = complaint([&] { load_matches(path); });
    INFO(text << "\nshould say: " << part);
    CHECK(text.starts_with(path));
    CHECK(text.find(part) != std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
  };
  for (std::size_t at = 3; at < bytes.size(); at += bytes.size() / 97) {
    std::string spoilt = bytes;
    spoilt[at] = static_cast<char>(spoilt[at] ^ (1 << (at % 8)));
    std::ofstream(path, std::ios::binary) << spoilt;
    says("");
    std::ofstream(path, std::ios::binary) << bytes.substr(0, at);
    says("");
  }
  const auto spoilt = [&](const std::function<void(SafetensorsFile&)>& spoil, const std::string& part) {
    SafetensorsFile file = good;
    spoil(file);
    write_hash(file);
    write_safetensors(path, file);
    says(part);
  };
  spoilt([](SafetensorsFile& file) { file.tensors["action"] = at::zeros({60, 2, 2, 4, 4}); }, "action is Float");
  spoilt([](SafetensorsFile& file) { file.tensors["action"] = at::zeros({3}); }, "its tensor \"action\" must be");
  spoilt([](SafetensorsFile& file) { file.tensors.erase("bodies"); }, "there is no tensor \"bodies\"");
  spoilt([](SafetensorsFile& file) { file.tensors["bodies"] = file.tensors["bodies"] * NAN; },
         "bodies holds numbers that are not finite");
  spoilt([](SafetensorsFile& file) { file.tensors["signature"] = at::zeros({61}, at::kLong); },
         "signature is Long [61]");
  spoilt([](SafetensorsFile& file) { file.metadata["format"] = "matchday checkpoint"; }, "this is no file of matches");
  spoilt([](SafetensorsFile& file) { file.metadata["format_version"] = "3"; }, "use a newer matchday");
  spoilt([](SafetensorsFile& file) { file.metadata["seed"] = "-3"; }, "seed is \"-3\"");
  spoilt([](SafetensorsFile& file) { file.metadata["rules"] = "[rules]\nplayers = 99\n"; }, "players is 99");
  spoilt([](SafetensorsFile& file) { file.metadata.erase("team_a"); }, "has no \"team_a\"");
}
