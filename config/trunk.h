// A network's trunk, the layers before its heads, as a list of operations. Everything that computes a network (torch,
// the explicit gradient, the CPU's kernels, exported graphs, the Python package) goes through this list.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace matchday {

/// What is done to x, the activations of a row. At first x is what the network reads, at last its features.
enum class TrunkOperation {
  linear,     ///< x = layer(x), with the next layer
  relu,       ///< x = max(x, 0)
  normalise,  ///< x = (x - mean) / sqrt(variance + layer_norm_floor): layer norm (Ba et al. 2016) without weights
  branch,     ///< s = x
  add,        ///< x = s + x
};
constexpr std::string_view choices_of(TrunkOperation /*kind*/) { return "linear|relu|normalise|branch|add"; }

/// Guards `normalise` against small variances; torch's layer_norm has the same.
inline constexpr double layer_norm_floor = 1e-5;

/// How a kind of trunk is made of its widths. It must end with a ReLU, and each `branch` with its `add` before the
/// next.
struct TrunkPattern {
  std::vector<TrunkOperation> first;  ///< with the first width; no `branch`
  std::vector<TrunkOperation> next;   ///< with each further width
  std::vector<TrunkOperation> last;   ///< after all widths; no `linear`
};

inline TrunkPattern plain_trunk() {
  using enum TrunkOperation;
  return {.first = {linear, relu}, .next = {linear, relu}, .last = {}};
}

/// Pre-norm residual blocks (He et al. 2016) after a first layer.
inline TrunkPattern residual_trunk() {
  using enum TrunkOperation;
  return {.first = {linear}, .next = {branch, normalise, linear, relu, linear, add}, .last = {normalise, relu}};
}

/// The kinds of trunks, a row each: TRUNK(name, pattern, summary). The name is what configs and Python know it by.
#define MATCHDAY_TRUNKS(TRUNK)            \
  TRUNK(mlp, plain_trunk, "plain layers") \
  TRUNK(residual, residual_trunk, "a layer and pre-norm residual blocks of one width")

#define MATCHDAY_TRUNK(name, pattern, summary) name,
enum class Trunk { MATCHDAY_TRUNKS(MATCHDAY_TRUNK) };
#undef MATCHDAY_TRUNK

#define MATCHDAY_TRUNK(name, pattern, summary) "|" #name
constexpr std::string_view choices_of(Trunk /*kind*/) {
  return std::string_view(MATCHDAY_TRUNKS(MATCHDAY_TRUNK)).substr(1);
}
#undef MATCHDAY_TRUNK

#define MATCHDAY_TRUNK(name, pattern, summary) ", or " summary
inline constexpr std::string_view summaries_of_trunks = std::string_view(MATCHDAY_TRUNKS(MATCHDAY_TRUNK)).substr(5);
#undef MATCHDAY_TRUNK

inline TrunkPattern pattern_of(Trunk trunk) {
#define MATCHDAY_TRUNK(name, pattern, summary) \
  case Trunk::name:                            \
    return pattern();
  switch (trunk) { MATCHDAY_TRUNKS(MATCHDAY_TRUNK) }
#undef MATCHDAY_TRUNK
  throw std::logic_error("there is no such trunk");
}

/// Whether all widths must be the same, because what is added must be as wide as what it is added to.
inline bool needs_one_width(Trunk trunk) {
  const std::vector<TrunkOperation> next = pattern_of(trunk).next;
  return std::find(next.begin(), next.end(), TrunkOperation::add) != next.end();
}

/// One operation of a trunk.
struct TrunkStep {
  TrunkOperation operation;
  std::int64_t width;  ///< of the x that it makes
};

/// A trunk with these widths, in order. Without widths there is nothing.
inline std::vector<TrunkStep> trunk_steps(Trunk trunk, const std::vector<std::int64_t>& widths) {
  const TrunkPattern pattern = pattern_of(trunk);
  std::vector<TrunkStep> steps;
  const auto put = [&](const std::vector<TrunkOperation>& operations, std::int64_t width) {
    for (const TrunkOperation operation : operations) steps.push_back({operation, width});
  };
  for (const std::int64_t width : widths) put(steps.empty() ? pattern.first : pattern.next, width);
  if (!widths.empty()) put(pattern.last, widths.back());
  return steps;
}

}  // namespace matchday
