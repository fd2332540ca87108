#include "kernels/policy_loss.h"

#include "kernels/cuda/kernels.h"
#include "kernels/cuda/launch.h"

namespace matchday::kernels {
namespace {

__global__ void policy_loss_kernel(LossOptions options, HeadPlan head, HeadArrays arrays) {
  const std::int64_t m = match_of_thread();
  if (m < arrays.rows) policy_loss_of_rows<float>(options, head, arrays, m);
}

}  // namespace

void policy_loss_cuda(const LossOptions& options, const HeadPlan& head, const HeadArrays& arrays, cudaStream_t stream) {
  launch(policy_loss_kernel, arrays.rows, stream, options, head, arrays);
}

}  // namespace matchday::kernels
