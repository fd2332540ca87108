// Comparison with an update recorded from the original FootyAI: $MATCHDAY_RECORDED is the folder with the file.
#include "verify/recorded_update.h"

#include <cstdlib>
#include <limits>
#include <map>
#include <string>

#include "formats/safetensors.h"
#include "tests/support/catch.h"
#include "tests/support/complaint.h"

using namespace matchday;

namespace {

using RecordedUpdate = std::map<std::string, at::Tensor>;

/// The recording, or nothing if the machine has none.
RecordedUpdate recorded_update() {
  const char* folder = std::getenv("MATCHDAY_RECORDED");
  if (folder == nullptr) return {};
  return read_safetensors(std::string(folder) + "/footyai-v2-update.safetensors").tensors;
}

// NOLINTNEXTLINE(bugprone-macro-parentheses): a name that is declared can stand in none
#define NEEDS_RECORDING(recording)                                                       \
  const RecordedUpdate recording = recorded_update();                                    \
  if (recording.empty()) {                                                               \
    WARN("MATCHDAY_RECORDED is not set: nothing was compared with the recorded update"); \
    SKIP_TEST("MATCHDAY_RECORDED is not set");                                           \
  }

RecordedUpdate changed(const RecordedUpdate& recording, const std::string& name, const at::Tensor& tensor) {
  RecordedUpdate copy = recording;
  copy[name] = tensor;
  return copy;
}

/// A copy in which one number of one tensor is off by a tenth of the tensor's root mean square.
RecordedUpdate tampered(const RecordedUpdate& recording, const std::string& name, std::int64_t index) {
  const at::Tensor tensor = recording.at(name).clone();
  const at::Tensor size = tensor.square().mean().sqrt();
  tensor.view(-1)[index] += at::where(size == 0.0, 0.01, size * 0.1);
  return changed(recording, name, tensor);
}

std::string complaint_about(const RecordedUpdate& recording) {
  return complaint([&] { check_recorded_update(recording); });
}

}  // namespace

TEST_CASE("a whole update is FootyAI's", "[slow]") {
  NEEDS_RECORDING(recording);
  const UpdateReport report = check_recorded_update(recording);
  for (const QuantityError& quantity : report.errors) {
    INFO(quantity.name << " is off by " << quantity.error);
    CHECK(quantity.error <= quantity.tolerance);
  }
  CHECK_FALSE(report.first_failure);
  CHECK(report.errors.size() == 10 + 3 * 12);
}

TEST_CASE("one changed number in the recorded update is found and named", "[slow]") {
  NEEDS_RECORDING(recording);
  // Where a change of each input shows first; all others show under their own names.
  const std::map<std::string, std::string> shows_in{{"reward", "discounted"}, {"obs", "mu_"}, {"actions", "log_prob_"}};
  for (const auto& [name, tensor] : recording)
    for (const std::int64_t index : {std::int64_t{0}, tensor.numel() / 3, tensor.numel() - 1}) {
      const UpdateReport report = check_recorded_update(tampered(recording, name, index));
      INFO(name << ", number " << index);
      REQUIRE(report.first_failure);
      const std::string& found = report.first_failure->name;
      CHECK_FALSE(report.first_failure->error <= report.first_failure->tolerance);
      if (name.starts_with("before.")) continue;  // shows in later results, or in how far the weights moved
      if (name.starts_with("after."))
        CHECK(found == "step of " + name.substr(6));
      else if (shows_in.contains(name))
        CHECK(found.starts_with(shows_in.at(name)));
      else
        CHECK(found == name);
    }
}

TEST_CASE("an update with another hyperparameter is not FootyAI's", "[slow]") {
  NEEDS_RECORDING(recording);
  // Weights that moved 10 % too far, as with another learning rate.
  RecordedUpdate faster = recording;
  for (auto& [name, tensor] : faster)
    if (name.starts_with("after.")) tensor = tensor + (tensor - recording.at("before." + name.substr(6))) * 0.1;
  const UpdateReport report = check_recorded_update(faster);
  REQUIRE(report.first_failure);
  CHECK(report.first_failure->name.starts_with("step of "));
  CHECK(report.first_failure->error == Approx(0.1).epsilon(0.2));
}

TEST_CASE("a recorded update that lacks a tensor or has one of another shape is refused", "[slow]") {
  NEEDS_RECORDING(recording);
  for (const auto& [name, tensor] : recording) {
    RecordedUpdate without = recording;
    without.erase(name);
    const std::string text = complaint_about(without);
    INFO(text);
    CHECK(text == "the recorded update has no tensor " + name);
    CHECK(complaint_about(changed(recording, name, at::Tensor())) == text);
    const std::string named = "the recorded update's " + name + " ";
    CHECK(complaint_about(changed(recording, name, tensor.unsqueeze(0))).starts_with(named));
    CHECK(complaint_about(changed(recording, name, tensor.to(at::kDouble))).starts_with(named));
    at::Tensor bad = tensor.clone();
    bad.view(-1)[0] = std::numeric_limits<float>::quiet_NaN();
    CHECK(complaint_about(changed(recording, name, bad)) == named + "holds a number that is not finite");
  }
  CHECK(complaint_about({}) == "the recorded update has no tensor obs");
  CHECK(complaint_about(changed(recording, "obs", at::zeros({180, 0, 27}))).find("[180, 1, 27]") != std::string::npos);
}
