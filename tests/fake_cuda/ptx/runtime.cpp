// Stands in for CUDA's runtime, as far as objects that nvcc made ask for it to launch kernels: whoever links this
// instead of it has his launches run by the machine.
#include <cuda_runtime_api.h>

#include <map>
#include <string>
#include <vector>

#include "machine.h"

namespace {

struct Configuration {
  dim3 grid;
  dim3 block;
  std::size_t shared_bytes;
  cudaStream_t stream;
};

std::vector<Configuration> configurations;

/// What launchers call kernels: addresses of functions on the host.
std::map<const void*, std::string>& names() {
  static std::map<const void*, std::string> all;
  return all;
}

}  // namespace

extern "C" {

void** __cudaRegisterFatBinary(void*) {
  static void* handle = nullptr;
  return &handle;
}
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}
void __cudaRegisterFunction(void**, const char* function, char*, const char* name, int, void*, void*, void*, void*,
                            int*) {
  names()[function] = name;
}

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, std::size_t shared_bytes, cudaStream_t stream) {
  configurations.push_back({grid, block, shared_bytes, stream});
  return 0;
}
cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, std::size_t* shared_bytes, void* stream) {
  const Configuration configuration = configurations.back();
  configurations.pop_back();
  *grid = configuration.grid;
  *block = configuration.block;
  *shared_bytes = configuration.shared_bytes;
  *static_cast<cudaStream_t*>(stream) = configuration.stream;
  return cudaSuccess;
}

cudaError_t cudaLaunchKernel(const void* function, dim3 grid, dim3 block, void** parameters, std::size_t shared_bytes,
                             cudaStream_t) {
  if (block.x != matchday::ptx::warp || block.y * block.z != 1 || shared_bytes != 0)
    throw matchday::ptx::Fault("a launch of other blocks than warps of 32 threads, without shared memory of their own");
  if (grid.x == 0 || grid.y == 0 || grid.y > 65535 || grid.z != 1)
    throw matchday::ptx::Fault("a launch of no blocks, of more than 65,535 layers, or in three dimensions");
  matchday::ptx::launch(names().at(function), grid.x, grid.y, parameters);
  return cudaSuccess;
}
// CUDA 13 launches by handles, which here are the functions themselves.
cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* function) {
  *kernel = static_cast<cudaKernel_t>(const_cast<void*>(function));
  return cudaSuccess;
}
cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** parameters, std::size_t shared_bytes,
                               cudaStream_t stream) {
  return cudaLaunchKernel(kernel, grid, block, parameters, shared_bytes, stream);
}

/// More shared memory than any block has, which only the networks' kernels ask for.
cudaError_t cudaFuncSetAttribute(const void*, cudaFuncAttribute, int) { return cudaErrorNotSupported; }

cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorString(cudaError_t) { return "error"; }
}
