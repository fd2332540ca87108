// A network as one block of a GPU's threads computes it (cuda/network.cu): its trunk as steps between columns of a tile
// of rows, and what lies where in the block's shared memory. No tensors, no CUDA.
//
// A tile has a row for each sample. Its first columns hold what the network reads; every step writes its result to
// columns of its own. In a backward pass the derivative by a result takes the result's place.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "kernels/network.h"

namespace matchday::kernels {

/// Numbers as the hidden layers hold them: float32, or bfloat16, which tensor cores multiply.
enum class FusedNumber { float32, bfloat16 };
constexpr int bytes_of(FusedNumber number) { return number == FusedNumber::float32 ? 4 : 2; }

/// Columns come in multiples of this, the side of the matrices that a tensor core multiplies. What is added is zero.
inline constexpr int fused_padding = 16;
constexpr int fused_columns(int columns) { return (columns + fused_padding - 1) / fused_padding * fused_padding; }

/// Rows lie 16 bytes further apart than their columns need: so eight rows' 16 bytes lie in different banks.
constexpr int fused_stride(int columns, int bytes_of_number) { return columns + 16 / bytes_of_number; }

/// The same of the weights' gradient, in float32: neighbouring rows lie 8 banks apart, so that a warp's pairs are
/// stored without conflicts.
constexpr int fused_gradient_stride(int columns) { return columns + 8; }

/// Threads of a block.
inline constexpr int fused_threads = 256;

struct FusedLayer {
  std::int16_t inputs = 0;
  std::int16_t outputs = 0;
  std::int32_t weight = -1;        ///< in the flat array; -1: no weight
  std::int32_t bias = 0;           ///< in the flat array
  std::int32_t packed_weight = 0;  ///< place in the block's weights: [outputs, stride of inputs], both padded
  std::int32_t packed_bias = 0;    ///< place in the block's biases: [outputs], padded
  std::int32_t gradient = 0;       ///< place in the block's gradient: [outputs, stride of inputs], both padded
  std::int16_t derivative = 0;     ///< columns of the derivative by its outputs
};

enum class FusedOperation : std::int8_t { layer, copy, normalise };

/// to = [ReLU] (operation(from) [+ added]). All but the operation's are numbers of columns in the tile.
struct FusedStep {
  FusedOperation operation = FusedOperation::copy;
  bool relu = false;
  bool after_relu = false;     ///< what it reads is a ReLU's output
  std::int8_t layer = 0;       ///< which
  std::int16_t width = 0;      ///< of the result
  std::int16_t from = 0;       ///< where what it reads begins
  std::int16_t to = 0;         ///< where its result begins
  std::int16_t added = -1;     ///< where the branch begins that is added; -1: none
  std::int16_t branched = -1;  ///< where the result begins that what it reads was also added to, by a branch; -1: none
};

inline constexpr int most_fused_steps = 40;
inline constexpr int most_fused_layers = 24;

/// A trunk with the layers on it, its heads: a policy's mean and raw log sigma, or a critic's value.
struct FusedPlan {
  std::int16_t inputs = 0;
  std::int16_t steps = 0;
  std::int16_t layers = 0;            ///< with those of the heads, which are the last ones
  std::int16_t heads = 0;             ///< 0: there is nothing to compute
  std::int16_t features = 0;          ///< where the last step's result begins
  std::int16_t columns = 0;           ///< of the tile
  std::int16_t outputs = 0;           ///< padded columns of all heads, side by side
  std::int16_t weighted_outputs = 0;  ///< of those that have weights, which are the first ones
  std::int32_t weights = 0;           ///< numbers of packed weights
  std::int32_t biases = 0;            ///< the same of biases
  std::int32_t gradients = 0;         ///< the same of the weights' gradient
  FusedStep step[most_fused_steps];
  FusedLayer layer[most_fused_layers];
};

/// What networks read, [M, D], float32 or bfloat16.
struct Observations {
  const void* numbers = nullptr;
  FusedNumber type = FusedNumber::float32;
};

/// The policy's part of a network, or the critic's, without heads if there is none. backward: results are kept for a
/// backward pass; else columns are used again as soon as nothing reads them any more. Nothing, if the network has too
/// many layers or is too wide.
std::optional<FusedPlan> fused_policy(const NetworkPlan& network, FusedNumber number, bool backward);
std::optional<FusedPlan> fused_critic(const NetworkPlan& network, FusedNumber number, bool backward);

/// Where a block's shared memory holds what: places in bytes, multiples of 16.
struct FusedLayout {
  int rows = 0;         ///< of the tile, a multiple of 32
  int weights = 0;      ///< of the plan's numbers
  int biases = 0;       ///< float32
  int gradient = 0;     ///< float32, of the weights; -1: it lies outside, in the GPU's memory
  int column_sums = 0;  ///< float32 [columns]: the derivatives' sums over rows
  int tile = 0;         ///< [rows, stride of columns], of the plan's numbers
  int outputs = 0;      ///< float32 [rows, stride of outputs], of the heads
  int bytes = 0;        ///< of all
};

/// The layout with the most rows, 128 at most, that fits into so many bytes: with the gradient, or else without; rows
/// is 0 if none does.
FusedLayout fused_layout(const FusedPlan& plan, FusedNumber number, bool backward, int most_bytes);

/// Most blocks that share out a gradient's rows, whatever the GPU, as the sums' order depends on it: one a
/// multiprocessor of an H100 for each of policy and critic, and none without a tile.
constexpr std::int64_t fused_gradient_blocks(std::int64_t rows) {
  constexpr std::int64_t multiprocessors = 132;
  constexpr std::int64_t rows_of_tile = 32;  // of the smallest
  return std::clamp<std::int64_t>((rows + rows_of_tile - 1) / rows_of_tile, 1, multiprocessors);
}

/// A part of a network with its layout.
struct FusedPart {
  FusedPlan plan;
  FusedLayout layout;
};

}  // namespace matchday::kernels
