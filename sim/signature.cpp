#include "sim/signature.h"

#include <ATen/ATen.h>

namespace matchday {

void add_to(std::uint64_t& signature, const at::Tensor& tensor) {
  const at::Tensor numbers = tensor.contiguous();
  const auto* bytes = static_cast<const unsigned char*>(numbers.const_data_ptr());
  for (std::size_t k = 0; k < numbers.nbytes(); ++k) signature = (signature ^ bytes[k]) * 0x100000001B3U;
}

}  // namespace matchday
