#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/show.cuh"
#include "kernels/games.h"
#include "kernels/rollout_step.h"

namespace matchday::kernels {
namespace {

template <Game game, int players>
__global__ void __launch_bounds__(threads_per_block)
    rollout_step_kernel(const __grid_constant__ MatchConstants constants, MatchArrays arrays,
                        RolloutArrays rollout_arrays) {
  const std::int64_t b = match_of_thread();
  if (b >= arrays.matches) return;
  const ShowInRows<game, players> show{constants.rules, rollout_arrays.step.observation, arrays.matches, b,
                                       rollout_arrays.step.rounds_observation};
  const int nonfinite_actions = rollout_step<game, float, players>(constants, arrays, rollout_arrays, b, show);
  // Integer sums do not depend on the atomics' order. Sane training has no non-finite actions, hence no atomics.
  if (nonfinite_actions != 0)
    atomicAdd(reinterpret_cast<unsigned long long*>(rollout_arrays.step.nonfinite_actions),
              static_cast<unsigned long long>(nonfinite_actions));
}

}  // namespace

void rollout_step_cuda(const MatchConstants& constants, const MatchArrays& arrays, const RolloutArrays& rollout,
                       cudaStream_t stream) {
  with_game(constants.rules, [&]<Game game, int players>() {
    launch(rollout_step_kernel<game, players>, arrays.matches, stream, constants, arrays, rollout);
  });
}

}  // namespace matchday::kernels
