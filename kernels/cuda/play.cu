#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/show.cuh"
#include "kernels/games.h"
#include "kernels/play.h"

namespace matchday::kernels {
namespace {

template <Game game, int players>
__global__ void __launch_bounds__(threads_per_block)
    play_kernel(const __grid_constant__ MatchConstants constants, MatchArrays arrays, PlayArrays play_arrays) {
  const std::int64_t b = match_of_thread();
  if (b >= arrays.matches) return;
  const ShowInRows<game, players> show{constants.rules, play_arrays.step.observation, arrays.matches, b};
  const int bad_numbers = play<game, float, players>(constants, arrays, play_arrays, b, show);
  // Sums of whole numbers are the same in any order. There are none in sane training.
  if (bad_numbers != 0)
    atomicAdd(reinterpret_cast<unsigned long long*>(play_arrays.step.bad_numbers),
              static_cast<unsigned long long>(bad_numbers));
}

}  // namespace

void play_cuda(const MatchConstants& constants, const MatchArrays& arrays, const PlayArrays& play,
               cudaStream_t stream) {
  with_game(constants.rules, [&]<Game game, int players>() {
    launch(play_kernel<game, players>, arrays.matches, stream, constants, arrays, play);
  });
}

}  // namespace matchday::kernels
