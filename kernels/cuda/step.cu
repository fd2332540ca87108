#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/show.cuh"
#include "kernels/games.h"
#include "kernels/step.h"

namespace matchday::kernels {
namespace {

template <Game game, int players>
__global__ void __launch_bounds__(threads_per_block)
    step_kernel(const __grid_constant__ MatchConstants constants, MatchArrays arrays, StepArrays step_arrays) {
  const std::int64_t b = match_of_thread();
  if (b >= arrays.matches) return;
  const ShowInRows<game, players> show{constants.rules, step_arrays.observation, arrays.matches, b};
  const int bad_numbers = step<game, float, players>(constants, arrays, step_arrays, b, show);
  // Sums of whole numbers are the same in any order. There are none in sane training.
  if (bad_numbers != 0)
    atomicAdd(reinterpret_cast<unsigned long long*>(step_arrays.bad_numbers),
              static_cast<unsigned long long>(bad_numbers));
}

}  // namespace

void step_cuda(const MatchConstants& constants, const MatchArrays& arrays, const StepArrays& step,
               cudaStream_t stream) {
  with_game(constants.rules, [&]<Game game, int players>() {
    launch(step_kernel<game, players>, arrays.matches, stream, constants, arrays, step);
  });
}

}  // namespace matchday::kernels
