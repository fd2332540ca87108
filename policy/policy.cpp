#include "policy/policy.h"

#include <ATen/ATen.h>

namespace matchday {

at::Tensor act(const Policy& a, const Policy& b, const Simulator& simulator) {
  return at::stack({a.act(side_of(simulator, 0)), b.act(side_of(simulator, 1))});
}

}  // namespace matchday
