// The operators that torch and Python see, and the only place that registers them. Inputs are checked here, once.
#include <ATen/ATen.h>
#include <torch/library.h>

#include "kernels/discounted_returns.h"

#ifdef MATCHDAY_WITH_CUDA
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#endif

namespace matchday {
namespace {

void check_returns(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after) {
  TORCH_CHECK_VALUE(reward.dim() == 2 && reward.scalar_type() == at::kFloat,
                    "discounted_returns: reward must be float32 [T, B]");
  TORCH_CHECK_VALUE(terminated.scalar_type() == at::kBool && terminated.sizes() == reward.sizes(),
                    "discounted_returns: terminated must be bool [T, B] like reward");
  TORCH_CHECK_VALUE(after.scalar_type() == at::kFloat && after.dim() == 1 && after.size(0) == reward.size(1),
                    "discounted_returns: after must be float32 [B]");
  TORCH_CHECK_VALUE(reward.device() == terminated.device() && reward.device() == after.device(),
                    "discounted_returns: reward, terminated and after must be on one device");
}

/// Any device, in plain ATen operations.
at::Tensor discounted_returns_anywhere(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                                       double gamma) {
  check_returns(reward, terminated, after);
  at::Tensor returns = at::empty_like(reward, at::MemoryFormat::Contiguous);
  at::Tensor to_come = after;
  for (std::int64_t t = reward.size(0) - 1; t >= 0; --t) {
    to_come = reward[t] + at::where(terminated[t], 0.0F, to_come) * static_cast<float>(gamma);
    returns[t].copy_(to_come);
  }
  return returns;
}

at::Tensor discounted_returns_on_cpu(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                                     double gamma) {
  check_returns(reward, terminated, after);
  at::Tensor returns = at::empty_like(reward, at::MemoryFormat::Contiguous);
  kernels::discounted_returns_cpu(reward.contiguous().const_data_ptr<float>(),
                                  terminated.contiguous().const_data_ptr<bool>(),
                                  after.contiguous().const_data_ptr<float>(), static_cast<float>(gamma), reward.size(0),
                                  reward.size(1), returns.data_ptr<float>());
  return returns;
}

/// The shape alone, for what plans a computation before it runs.
at::Tensor discounted_returns_shape(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                                    double /*gamma*/) {
  check_returns(reward, terminated, after);
  return at::empty_like(reward, at::MemoryFormat::Contiguous);
}

#ifdef MATCHDAY_WITH_CUDA
at::Tensor discounted_returns_on_cuda(const at::Tensor& reward, const at::Tensor& terminated, const at::Tensor& after,
                                      double gamma) {
  check_returns(reward, terminated, after);
  const c10::cuda::CUDAGuard guard(reward.device());
  at::Tensor returns = at::empty_like(reward, at::MemoryFormat::Contiguous);
  kernels::discounted_returns_cuda(
      reward.contiguous().const_data_ptr<float>(), terminated.contiguous().const_data_ptr<bool>(),
      after.contiguous().const_data_ptr<float>(), static_cast<float>(gamma), reward.size(0), reward.size(1),
      returns.data_ptr<float>(), c10::cuda::getCurrentCUDAStream().stream());
  return returns;
}
#endif

}  // namespace

TORCH_LIBRARY(matchday, library) {
  library.def("discounted_returns(Tensor reward, Tensor terminated, Tensor after, float gamma) -> Tensor");
}

TORCH_LIBRARY_IMPL(matchday, CompositeExplicitAutograd, library) {
  library.impl("discounted_returns", discounted_returns_anywhere);
}

TORCH_LIBRARY_IMPL(matchday, Meta, library) { library.impl("discounted_returns", discounted_returns_shape); }

TORCH_LIBRARY_IMPL(matchday, CPU, library) { library.impl("discounted_returns", discounted_returns_on_cpu); }

#ifdef MATCHDAY_WITH_CUDA
TORCH_LIBRARY_IMPL(matchday, CUDA, library) { library.impl("discounted_returns", discounted_returns_on_cuda); }
#endif

}  // namespace matchday
