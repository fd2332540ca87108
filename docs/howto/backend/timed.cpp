// A backend that has the native one do the work and counts the time: what a backend must answer, with nothing else in
// the way. Is it equal to the reference core, bit for bit?
#include <chrono>
#include <cstdio>

#include <matchday/rules/presets.h>
#include <matchday/sim/native_backend.h>
#include <matchday/verify/equivalence.h>

using namespace matchday;

namespace {

double seconds = 0.0;

class TimedBackend final : public Backend {
 public:
  explicit TimedBackend(const operators::MatchSetup& setup) : Backend(setup), native_(make_native_backend(setup)) {}

  std::string name() const override { return "timed"; }

  std::shared_ptr<const Backend> part(std::int64_t first, std::int64_t count) const override {
    return std::make_shared<TimedBackend>(setup_of_part(first, count));
  }

  void start(const MatchState& state, const at::Tensor& mask) const override { native_->start(state, mask); }

  void step(const MatchState& state, const at::Tensor& action, const at::Tensor& shaping,
            const at::Tensor& nonfinite_actions, const StepResult& into) const override {
    const auto begin = std::chrono::steady_clock::now();
    native_->step(state, action, shaping, nonfinite_actions, into);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  at::Tensor observe(const MatchState& state) const override { return native_->observe(state); }
  at::Tensor observe_players(const MatchState& state) const override { return native_->observe_players(state); }
  at::Tensor noise(const MatchState& state, std::int64_t first_slot) const override {
    return native_->noise(state, first_slot);
  }

 private:
  std::shared_ptr<const Backend> native_;
};

}  // namespace

int main() {
  const BackendMaker timed = [](const operators::MatchSetup& setup) { return std::make_shared<TimedBackend>(setup); };
  const EquivalenceReport report = check_equivalence(arena(), {.matches = 100, .own_backend = timed});
  if (report.mismatch) {
    std::printf("%s differs in %s\n", report.backend.c_str(), report.mismatch->field.c_str());
    return 1;
  }
  std::printf("equal, bit for bit, over %lld match-steps; %.0f microseconds a step\n",
              static_cast<long long>(report.match_steps),
              1e6 * seconds * 100.0 / static_cast<double>(report.match_steps));
}
