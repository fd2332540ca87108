#include "evaluate/tally_numbers.h"

#include <ATen/ATen.h>

#include <vector>

namespace matchday {
namespace {

/// Calls visit(number) for everything in a tally but its leads.
template <class Tally, class Visit>
void for_each_number(Tally& tally, const Visit& visit) {
  for (auto* number : {&tally.wins, &tally.draws, &tally.losses, &tally.goals_for, &tally.goals_against, &tally.steps})
    visit(*number);
  for (auto* team : {&tally.own, &tally.opponents}) {
    for (auto* number : {&team->possession, &team->kicks, &team->passes, &team->shots, &team->goal_kept})
      visit(*number);
    visit(team->apart);
  }
}

}  // namespace

at::Tensor numbers_of(const MatchTally& tally) {
  std::vector<double> numbers;
  for_each_number(tally, [&](auto number) { numbers.push_back(static_cast<double>(number)); });
  numbers.insert(numbers.end(), tally.leads.begin(), tally.leads.end());
  return at::tensor(numbers, at::kDouble);
}

MatchTally tally_of(const at::Tensor& numbers) {
  MatchTally tally;
  const auto* next = numbers.const_data_ptr<double>();
  const auto* end = next + numbers.numel();
  for_each_number(tally, [&](auto& number) { number = static_cast<std::decay_t<decltype(number)>>(*next++); });
  for (; next != end; ++next) tally.leads.push_back(static_cast<std::int32_t>(*next));
  return tally;
}

std::int64_t numbers_in_tally(std::int64_t matches) { return numbers_of({}).numel() + matches; }

}  // namespace matchday
