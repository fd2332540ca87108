#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/show.cuh"
#include "kernels/games.h"
#include "kernels/step.h"

namespace matchday::kernels {
namespace {

template <Game game, int players>
__global__ void start_kernel(const __grid_constant__ MatchConstants constants, MatchArrays arrays, const bool* mask) {
  const std::int64_t b = match_of_thread();
  if (b < arrays.matches && (mask == nullptr || mask[b])) start<game, players>(constants, arrays, b);
}

template <Game game, int players>
__global__ void __launch_bounds__(threads_per_block)
    observe_kernel(const __grid_constant__ MatchConstants constants, MatchArrays arrays, float* observation) {
  const std::int64_t b = match_of_thread();
  if (b >= arrays.matches) return;
  look<float, players>(arrays, b, ShowInRows<game, players>{constants.rules, observation, arrays.matches, b});
}

}  // namespace

void start_cuda(const MatchConstants& constants, const MatchArrays& arrays, const bool* mask, cudaStream_t stream) {
  with_game(constants.rules, [&]<Game game, int players>() {
    launch(start_kernel<game, players>, arrays.matches, stream, constants, arrays, mask);
  });
}

void observe_cuda(const MatchConstants& constants, const MatchArrays& arrays, float* observation, cudaStream_t stream) {
  with_game(constants.rules, [&]<Game game, int players>() {
    launch(observe_kernel<game, players>, arrays.matches, stream, constants, arrays, observation);
  });
}

}  // namespace matchday::kernels
