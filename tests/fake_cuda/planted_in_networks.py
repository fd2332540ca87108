"""Mistakes in the GPU's kernels of networks and of Adam (see planting.py)."""

from planted_in_kernels import SHOW

MULTIPLY, BLOCK = "kernels/cuda/multiply.cuh", "kernels/cuda/network_block.cuh"
NETWORK, PLAN, ADAM = "kernels/cuda/network.cu", "kernels/fused_network.cpp", "kernels/cuda/adam.cu"

IN_NETWORKS = [
    ("rounded numbers cut off", SHOW, "= rounded(number(k))",
     "= Bfloat16{static_cast<std::uint16_t>(bits_of(number(k)) >> 16)}"),
    ("a left factor's fragments by column", MULTIPLY, "load_matrices<false>(of_left[m]", "load_matrices<true>(of_left[m]"),
    ("a right factor's two halves exchanged", MULTIPLY, "{of_right[2 * n], of_right[2 * n + 1]}",
     "{of_right[2 * n + 1], of_right[2 * n]}"),
    ("fragments of the wrong eight rows", MULTIPLY, "left.from(16 * m + lower + row, k + upper)",
     "left.from(16 * m + upper + row, k + lower)"),
    ("half a piece of 32 columns dropped", MULTIPLY, "columns_of_piece) / 16;", "columns_of_piece) / 32;"),
    ("the last piece of columns dropped", MULTIPLY, "(columns + columns_of_piece - 1) / columns_of_piece",
     "(columns < 32 ? 32 : columns) / columns_of_piece"),
    ("a float32's columns of its neighbour", MULTIPLY, "of_lane_right(k, 8 * n), of_lane_right(k, 8 * n + 1)",
     "of_lane_right(k, 8 * n + 1), of_lane_right(k, 8 * n)"),
    ("weights not transposed", BLOCK, "const Factor<Number, true> weight", "const Factor<Number, false> weight"),
    ("no barrier after a layer", BLOCK, "      __syncthreads();\n    }\n    const auto put", "    }\n    const auto put"),
    ("no barrier before a derivative takes its x's place", BLOCK,
     "store_pair(sum(load_pair(sums), share), sums);\n    });\n    __syncthreads();",
     "store_pair(sum(load_pair(sums), share), sums);\n    });"),
    ("a derivative passed on where a ReLU was shut", BLOCK, "activation <= 0.0F", "activation < 0.0F"),
    ("a branch's share of the derivative forgotten", BLOCK, "if (x.branched >= 0)", "if (x.branched >= 30000)"),
    ("a tile's gradient in place of the sum", BLOCK, "store_pair(sum(load_pair(sums), share), sums)",
     "store_pair(share, sums)"),
    ("biases of the last tile alone", BLOCK, "column_sums_[column] += sums.first", "column_sums_[column] = sums.first"),
    ("a head without weights has no bias", BLOCK, "= biases_[heads().packed_bias + column];", "= 0.0F;"),
    ("rows in their own order", NETWORK, "gradient.arrays.order[done + row]", "done + row"),
    ("one row too many in the last tile", NETWORK, "if (done + row >= gradient.rows) return -1;",
     "if (done + row > gradient.rows) return -1;"),
    ("derivatives of rows without a sample", NETWORK, "    block.clear_derivatives();\n", ""),
    ("the last block left out of the sum", NETWORK, "block < blocks; ++block", "block + 1 < blocks; ++block"),
    ("metrics of the policy alone", NETWORK, "gradient.critic.plan.heads > 0 ? sum_of(k + loss_metrics)",
     "false ? sum_of(k + loss_metrics)"),
    ("B draws what A draws", NETWORK, "(of_b ? counters.players : 0)", "0"),
    ("B's actions not rotated", NETWORK, "if (draw.rotate_b && of_b)", "if (draw.rotate_b && !of_b)"),
    ("a log-probability of the last player alone", NETWORK, "log_prob = log_prob + drawn.log_prob",
     "log_prob = drawn.log_prob"),
    ("the columns of a branch used again", PLAN, "first == from_ || first == branch_", "first == from_"),
    ("half the norm", ADAM, "half = threads_of_norm / 2", "half = threads_of_norm / 4"),
    ("a paused step counted", ADAM, "if (!idle) *arrays.steps", "if (!bad) *arrays.steps"),
    ("the mean's bias not corrected", ADAM, "/ bias(arrays.options.beta1)", "/ 1.0"),
]
