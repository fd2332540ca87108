// CUDA graphs on the fake device, in place of torch's at::cuda::CUDAGraph: what is launched while one is captured is
// done at once, to learn of results' shapes, and undone at the end; a replay does it again, on the same memory.
#include <ATen/ATen.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAStream.h>

#include "tests/fake_cuda/device.h"
#include "tests/fake_cuda/memory.h"

namespace matchday::fake_cuda {
namespace {

struct Graph {
  Capture capture;
  std::vector<at::Tensor> generator_states;  ///< when the capture began
  bool ended = false;
};

std::map<const void*, Graph>& graphs() {
  static auto* all = new std::map<const void*, Graph>;
  return *all;
}

}  // namespace
}  // namespace matchday::fake_cuda

namespace at::cuda {

namespace fake = matchday::fake_cuda;

CUDAGraph::CUDAGraph(bool keep_graph) : capture_stream_(c10::cuda::getCurrentCUDAStream()), keep_graph_(keep_graph) {
  fake::graphs()[this] = {};
}

CUDAGraph::~CUDAGraph() {
  fake::graphs().erase(this);
  fake::forget_graph(this);
}

void CUDAGraph::register_generator_state(const at::Generator& generator) {
  fake::graphs().at(this).capture.generators.push_back(generator);
}

void CUDAGraph::capture_begin(MempoolId_t, cudaStreamCaptureMode) {
  TORCH_CHECK(c10::cuda::getCurrentCUDAStream() != c10::cuda::getDefaultCUDAStream(),
              "fake CUDA: graphs must be captured on a non-default stream");
  TORCH_CHECK(fake::device().capture == nullptr, "fake CUDA: another graph is being captured");
  fake::Graph& graph = fake::graphs().at(this);
  graph.capture.generators.push_back(fake::default_generator());
  for (const at::Generator& generator : graph.capture.generators)
    graph.generator_states.push_back(generator.get_state());
  fake::begin_capture(this);
  fake::device().capture = &graph.capture;
}

void CUDAGraph::capture_end() {
  fake::Graph& graph = fake::graphs().at(this);
  TORCH_CHECK(fake::device().capture == &graph.capture, "fake CUDA: this graph is not being captured");
  fake::device().capture = nullptr;
  fake::end_capture();
  for (std::size_t k = 0; k < graph.generator_states.size(); ++k)
    graph.capture.generators[k].set_state(graph.generator_states[k]);
  graph.ended = true;
}

void CUDAGraph::replay() {
  fake::Graph& graph = fake::graphs().at(this);
  TORCH_CHECK(graph.ended, "fake CUDA: a graph is replayed that was not captured");
  for (const std::function<void()>& work : graph.capture.launches) work();
}

}  // namespace at::cuda
