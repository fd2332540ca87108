#include "formats/signature.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "rules/fields.h"
#include "rules/presets.h"

namespace matchday {

void add_to(std::uint64_t& signature, const at::Tensor& tensor) {
  const at::Tensor numbers = tensor.contiguous();
  add_bytes(signature, numbers.const_data_ptr(), numbers.nbytes());
}

void add_to(std::uint64_t& signature, std::string_view text) { add_bytes(signature, text.data(), text.size()); }

std::string signature_text(std::uint64_t signature) { return fmt::format("{:016x}", signature); }

std::string rules_hash(const Rules& rules) {
  std::uint64_t signature = empty_signature;
  add_to(signature, game_name(rules.game));
  for (const Field<Rules>& field : rules_fields) {
    add_to(signature, field.name);
    add_to(signature, fmt::format("={};", value_text(field, rules)));
  }
  return signature_text(signature);
}

}  // namespace matchday
