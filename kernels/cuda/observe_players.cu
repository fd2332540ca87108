#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/show.cuh"
#include "kernels/games.h"
#include "kernels/observe_player.h"

namespace matchday::kernels {
namespace {

/// A thread is one player, a row of what its team sees.
template <int players>
__global__ void __launch_bounds__(threads_per_block)
    observe_players_kernel(const __grid_constant__ MatchConstants constants, MatchArrays arrays, float* observation,
                           bool rounds) {
  constexpr int components = player_observation_size(players);
  const std::int64_t rows = arrays.matches * players;
  const std::int64_t row = match_of_thread();
  if (row >= rows) return;
  const auto team = static_cast<int>(blockIdx.y);
  const RowTile<components> tile(static_cast<int>(threadIdx.x), rows_of_warp(row, rows));
  const auto place = static_cast<std::uint32_t>(row);  // 32 bits are enough, and divided sooner
  observe_player<float, players>(constants.rules, arrays, place / players, team, static_cast<int>(place % players),
                                 [&](int d, float number) { tile.put(d, number); });
  tile.store(observation, (team * rows + row - threadIdx.x) * components, rounds);
}

}  // namespace

void observe_players_cuda(const MatchConstants& constants, const MatchArrays& arrays, float* observation,
                          cudaStream_t stream, bool rounds) {
  with_players(constants.rules.players, [&]<int players>() {
    launch_layers(observe_players_kernel<players>, arrays.matches * players, 2, stream, constants, arrays, observation,
                  rounds);
  });
}

}  // namespace matchday::kernels
