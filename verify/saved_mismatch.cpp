#include "verify/saved_mismatch.h"

#include <ATen/ATen.h>

#include "config/config.h"
#include "formats/safetensors.h"
#include "rules/fields.h"
#include "rules/observation.h"
#include "sim/reference_states.h"
#include "version.h"

namespace matchday {

void save_mismatch(const std::string& path, const Rules& rules, const EquivalenceReport& report, at::Device device) {
  const Mismatch& mismatch = report.mismatch.value();
  const MatchState state = to_match_state(rules, {report.before});
  SafetensorsFile file;
  file.tensors = {{"bodies", state.bodies},
                  {"score", state.score},
                  {"clock", state.clock},
                  {"episode", state.episode},
                  {"potential", state.potential},
                  {"match", at::full({1}, std::int64_t{report.before.key.match}, at::kLong)},
                  {"action", to_action(rules, {report.actions})}};
  file.metadata = {{"format", "matchday mismatch"},
                   {"program_version", matchday_version},
                   {"preset", std::string(game_name(rules.game))},
                   {"rules", rules_toml(rules)},
                   {"seed", std::to_string(report.before.key.seed)},
                   {"backend", report.backend},
                   {"device", device.str()},
                   {"step", std::to_string(mismatch.step)},
                   {"field", mismatch.field},
                   {"index", std::to_string(mismatch.index)},
                   {"expected", shortest_text(mismatch.expected)},
                   {"actual", shortest_text(mismatch.actual)}};
  write_safetensors(path, file);
}

}  // namespace matchday
