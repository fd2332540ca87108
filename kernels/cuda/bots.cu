#include "kernels/bots/bot_actions.h"
#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"

namespace matchday::kernels {
namespace {

/// A thread is one team of one match.
__global__ void bot_actions_kernel(const __grid_constant__ BotConstants constants, BotArrays arrays) {
  const std::int64_t b = match_of_thread();
  if (b < arrays.matches) bot_actions<float>(constants, arrays, b, static_cast<int>(blockIdx.y));
}

}  // namespace

void bot_actions_cuda(const BotConstants& constants, const BotArrays& arrays, cudaStream_t stream) {
  launch_layers(bot_actions_kernel, arrays.matches, 2, stream, constants, arrays);
}

}  // namespace matchday::kernels
