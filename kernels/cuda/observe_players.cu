#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/show.cuh"
#include "kernels/games.h"
#include "kernels/observe_player.h"

namespace matchday::kernels {
namespace {

/// A thread is one player of one match; a block is the same player in neighbouring matches.
template <int players>
__global__ void __launch_bounds__(threads_per_block)
    observe_players_kernel(const __grid_constant__ MatchConstants constants, MatchArrays arrays, float* observation,
                           bool rounds) {
  constexpr int components = player_observation_size(players);
  const std::int64_t b = match_of_thread();
  if (b >= arrays.matches) return;
  const int team = static_cast<int>(blockIdx.y) / players;
  const int index = static_cast<int>(blockIdx.y) % players;
  RowTile<components> tile(arrays.matches, b);
  observe_player<float, players>(constants.rules, arrays, b, team, index,
                                 [&](int d, float number) { tile.put(d, number); });
  tile.store(observation, (team * arrays.matches * players + index) * components, players * components, rounds);
}

}  // namespace

void observe_players_cuda(const MatchConstants& constants, const MatchArrays& arrays, float* observation,
                          cudaStream_t stream, bool rounds) {
  with_players(constants.rules.players, [&]<int players>() {
    launch_layers(observe_players_kernel<players>, arrays.matches, 2 * players, stream, constants, arrays, observation,
                  rounds);
  });
}

}  // namespace matchday::kernels
