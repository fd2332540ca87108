// Would the fake device notice? What a GPU would not bear, or would answer with nonsense, each done on purpose.
#include "tests/fake_cuda/device.h"

#include <ATen/ATen.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/cuda/CUDAFunctions.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "tests/fake_cuda/memory.h"
#include "tests/fake_cuda/nvcc/kernels/cuda/tensor_core.cuh"
#include "tests/fake_cuda/warp.h"
#include "tests/support/catch.h"

using namespace matchday;

namespace {

const at::TensorOptions floats = at::TensorOptions(at::kCUDA).dtype(at::kFloat);

/// A graph under capture; `end` makes it one that can be replayed.
class Capturing {
 public:
  Capturing() : guard_(c10::impl::VirtualGuardImpl(at::kCUDA).getStreamFromGlobalPool(at::Device(at::kCUDA, 0))) {
    graph.capture_begin();
  }
  ~Capturing() { end(); }
  void end() {
    if (open_) graph.capture_end();
    open_ = false;
  }

  at::cuda::CUDAGraph graph;

 private:
  c10::StreamGuard guard_;
  bool open_ = true;
};

/// What is said first of what went wrong.
template <class Work>
std::string refusal(const Work& work) {
  try {
    work();
  } catch (const c10::Error& error) {
    return error.what_without_backtrace();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("what nobody wrote, and what was freed, is no number") {
  CHECK(at::empty({1000}, floats).isnan().all().item<bool>());
  CHECK(at::empty({7}, floats.dtype(at::kBFloat16)).isnan().all().item<bool>());
  std::optional<at::Tensor> freed = at::ones({100}, floats);
  const at::Tensor alias = fake_cuda::on_host(*freed);
#ifndef __SANITIZE_ADDRESS__
  freed.reset();
  CHECK(alias.isnan().all().item<bool>());
#endif
}

TEST_CASE("tensors of two devices do not meet, but for numbers") {
  const at::Tensor there = at::ones({3}, floats);
  CHECK(refusal([&] { there + at::ones({3}); }).find("on the same device") != std::string::npos);  // torch itself
  CHECK(refusal([&] { at::mm(at::ones({2, 3}), there.unsqueeze(1)); }).find("two devices") != std::string::npos);
  CHECK(at::equal((there + at::full({}, 2.0)).cpu(), at::full({3}, 3.0F)));
}

TEST_CASE("who waits for the device is told, and refused where nobody may") {
  const at::Tensor there = at::ones({3}, floats);
  fake_cuda::device().waits.clear();
  there.sum().item<float>();
  there.cpu();
  there.masked_select(there > 0.0);
  CHECK(fake_cuda::device().waits == std::map<std::string, std::int64_t>{{"aten::_local_scalar_dense", 1},
                                                                         {"aten::masked_select", 1},
                                                                         {"copy to the host", 1}});
  const auto refused = [&](const auto& work) { return !refusal(work).empty(); };
  const at::Tensor pinned = at::empty({3}, at::TensorOptions(at::kFloat).pinned_memory(true));
  c10::cuda::warning_state().set_sync_debug_mode(c10::cuda::SyncDebugMode::L_ERROR);
  CHECK(refused([&] { there.sum().item<float>(); }));
  CHECK(refused([&] { there.cpu(); }));
  CHECK(refused([&] { there.copy_(at::zeros({3})); }));
  CHECK(refused([&] { there.index({there > 0.0}); }));
  CHECK_FALSE(refused([&] { at::Tensor(pinned).copy_(there, true); }));
  CHECK_FALSE(refused([&] { there * 2.0 + there.sum(); }));
  c10::cuda::warning_state().set_sync_debug_mode(c10::cuda::SyncDebugMode::L_DISABLED);
}

TEST_CASE("a copy to the host has not arrived before the host waits") {
  const at::Tensor there = at::ones({3}, floats);
  const at::Tensor pinned = at::empty({3}, at::TensorOptions(at::kFloat).pinned_memory(true));
  pinned.copy_(there, true);
  c10::Event event(at::kCUDA);
  event.record(c10::impl::VirtualGuardImpl(at::kCUDA).getStream(there.device()));
  there.fill_(2.0);
  CHECK(pinned.isnan().all().item<bool>());
  event.synchronize();
  CHECK(at::equal(pinned, at::ones({3})));
}

TEST_CASE("a capture does nothing, a replay does it") {
  const at::Tensor sum = at::zeros({3}, floats);
  at::Tensor twice;
  Capturing capturing;
  sum.add_(1.0);
  twice = sum * 2.0;
  capturing.end();
  CHECK(at::equal(sum.cpu(), at::zeros({3})));
  CHECK(twice.isnan().all().item<bool>());
  for (int k = 0; k < 3; ++k) capturing.graph.replay();
  CHECK(at::equal(twice.cpu(), at::full({3}, 6.0F)));
}

TEST_CASE("a graph reads the memory that it was captured with") {
  const at::Tensor sum = at::zeros({3}, floats);
  std::optional<at::Tensor> input = at::ones({3}, floats);
  Capturing capturing;
  sum.add_(*input * 1.0);
  capturing.end();
  input->fill_(5.0);
  capturing.graph.replay();
  CHECK(at::equal(sum.cpu(), at::full({3}, 5.0F)));
#ifndef __SANITIZE_ADDRESS__
  input.reset();
  capturing.graph.replay();
  CHECK(sum.isnan().all().item<bool>());
#endif
}

TEST_CASE("a capture refuses waits, copies from and to the host, and generators that it does not know") {
  const at::Tensor there = at::ones({3}, floats);
  const at::Tensor pinned = at::empty({3}, at::TensorOptions(at::kFloat).pinned_memory(true));
  const at::Generator unknown = at::globalContext().defaultGenerator(at::kCUDA).clone();
  {
    const Capturing capturing;
    CHECK(refusal([&] { there.sum().item<float>(); }).find("the host can't wait") != std::string::npos);
    CHECK(refusal([&] { there.copy_(at::zeros({3})); }).find("the host can't wait") != std::string::npos);
    CHECK(refusal([&] { at::Tensor(pinned).copy_(there, true); }).find("while a graph") != std::string::npos);
    CHECK(refusal([&] { at::randperm(5, unknown, floats.dtype(at::kLong)); }).find("generator") != std::string::npos);
    CHECK(refusal([&] { at::randperm(5, floats.dtype(at::kLong)); }) == "");  // the device's own
  }
  at::cuda::CUDAGraph graph;
  CHECK(refusal([&] { graph.capture_begin(); }).find("non-default stream") != std::string::npos);
  CHECK(refusal([&] { graph.replay(); }).find("not captured") != std::string::npos);
}

TEST_CASE("a warp's threads meet at barriers, and a missing one shows") {
  for (const bool with_barrier : {true, false}) {
    int shared[32] = {};
    int found[32] = {};
    fake_cuda::launch_kernel({1, 1, 1}, {32, 1, 1}, 0, [&] {
      const unsigned k = fake_cuda::thread_index.x;
      shared[k] = static_cast<int>(k) + 1;
      if (with_barrier) fake_cuda::sync_warp();
      found[k] = shared[31 - k];
    });
    int right = 0;
    for (int k = 0; k < 32; ++k) right += found[k] == 32 - k;
    CHECK(right == (with_barrier ? 32 : 16));
  }
}

TEST_CASE("a block's warps meet at its barriers, all of them or none") {
  for (const bool with_barrier : {true, false}) {
    int found[96] = {};
    fake_cuda::launch_kernel({1, 1, 1}, {96, 1, 1}, 96 * sizeof(int), [&] {
      const unsigned k = fake_cuda::thread_index.x;
      auto* shared = reinterpret_cast<int*>(fake_cuda::shared_memory());
      shared[k] = static_cast<int>(k) + 1;
      if (with_barrier) fake_cuda::sync_block();
      found[k] = shared[95 - k];
    });
    int right = 0;
    for (int k = 0; k < 96; ++k) right += found[k] == 96 - k;
    CHECK(right == (with_barrier ? 96 : 48));
  }
  CHECK(refusal([] {
          fake_cuda::launch_kernel({1, 1, 1}, {64, 1, 1}, 0, [] {
            if (fake_cuda::thread_index.x < 32) fake_cuda::sync_block();
          });
        }).find("only a part of a block") != std::string::npos);
}

TEST_CASE("tensor cores multiply and matrices are loaded as PTX's manual says") {
  at::manual_seed(3);
  const at::Tensor left = at::randn({16, 16}).to(at::kBFloat16), right = at::randn({16, 8}).to(at::kBFloat16);
  const at::Tensor before = at::randn({16, 8}), result = at::empty({16, 8});
  const auto bits = [](const at::Tensor& numbers, int row, int column) {
    return std::uint32_t{numbers[row][column].item<at::BFloat16>().x};
  };
  fake_cuda::launch_kernel({1, 1, 1}, {32, 1, 1}, 4 * 128, [&] {
    // "Matrix Fragments for mma.m16n8k16 with floating point type": row and column of each thread's i-th number.
    const int group = fake_cuda::lane() >> 2, in_group = fake_cuda::lane() % 4;
    std::uint32_t a[4] = {}, b[2] = {};
    for (int i = 0; i < 8; ++i) {
      const int row = (i >= 0 && i < 2) || (i >= 4 && i < 6) ? group : group + 8;
      const int column = i < 4 ? in_group * 2 + (i & 1) : in_group * 2 + (i & 1) + 8;
      a[i / 2] |= bits(left, row, column) << 16 * (i % 2);
    }
    for (int i = 0; i < 4; ++i) {
      const int row = i < 2 ? in_group * 2 + (i & 1) : in_group * 2 + (i & 1) + 8;
      b[i / 2] |= bits(right, row, group) << 16 * (i % 2);
    }
    // The left factor's four quarters in memory, each a matrix of 8 x 8; loaded, they are its fragments.
    auto* quarters = reinterpret_cast<std::uint16_t*>(fake_cuda::shared_memory());
    const int lane = fake_cuda::lane(), quarter = lane / 8;
    for (int column = 0; column < 8; ++column)
      quarters[64 * quarter + lane % 8 * 8 + column] =
          static_cast<std::uint16_t>(bits(left, quarter % 2 * 8 + lane % 8, quarter / 2 * 8 + column));
    fake_cuda::sync_warp();
    std::uint32_t loaded[4];
    kernels::load_matrices<false>(loaded, quarters + 8 * lane);
    float sums[4];
    const auto place = [&](int i) { return (i < 2 ? group : group + 8) * 8 + in_group * 2 + (i & 1); };
    for (int i = 0; i < 4; ++i) sums[i] = before.view({-1})[place(i)].item<float>();
    kernels::tensor_core_multiply(sums, std::equal(a, a + 4, loaded) ? a : loaded, b);
    for (int i = 0; i < 4; ++i)
      result.mutable_data_ptr<float>()[place(i)] = std::equal(a, a + 4, loaded) ? sums[i] : std::nanf("");
  });
  const at::Tensor exact = before.to(at::kDouble) + left.to(at::kDouble).mm(right.to(at::kDouble));
  CHECK((result - exact).abs().max().item<double>() < 1e-5);
}

TEST_CASE("a barrier's mask names those who come to it") {
  const auto launched = [](unsigned mask, unsigned first_who_leaves) {
    return refusal([&] {
      fake_cuda::launch_kernel({1, 1, 1}, {32, 1, 1}, 0, [&] {
        if (fake_cuda::thread_index.x >= first_who_leaves) return;
        fake_cuda::sync_warp(mask);
      });
    });
  };
  CHECK(launched(0xFFFFFFFFU, 32) == "");
  CHECK(launched(0xFFFU, 12) == "");
  CHECK(launched(0xFFFFFFFFU, 12).find("mask of a __syncwarp") != std::string::npos);
  CHECK(launched(0x7FFU, 12).find("mask of a __syncwarp") != std::string::npos);
  CHECK(refusal([] {
          fake_cuda::launch_kernel({1, 1, 1}, {1025, 1, 1}, 0, [] {});
        }).find("too many threads") != std::string::npos);
  CHECK(refusal([] {
          fake_cuda::launch_kernel({1, 1, 1}, {32, 1, 1}, 1 << 20, [] {});
        }).find("more shared memory") != std::string::npos);
  CHECK(refusal([] {
          fake_cuda::launch_kernel({0, 1, 1}, {32, 1, 1}, 0, [] {});
        }).find("nothing") != std::string::npos);
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("what is written outside of a tensor is told when the host next waits") {
  const at::Tensor there = at::zeros({100}, floats);
  auto* numbers = static_cast<float*>(there.mutable_data_ptr());
  for (const std::int64_t place : {-1, 100}) {
    const float before = numbers[place];
    numbers[place] = 3.0F;
    CHECK(refusal([&] { there.sum().item<float>(); }).find("outside of a block") != std::string::npos);
    numbers[place] = before;
    CHECK(refusal([&] { there.sum().item<float>(); }) == "");
  }
}
#endif

TEST_CASE("a division by a number is a GPU's, and a root is exact") {
  const at::Tensor numbers = at::rand({1000}) + 0.5;
  const float third = 1.0F / 3.0F;
  CHECK(at::equal((numbers.cuda() / 3.0).cpu(), numbers * third));
  CHECK_FALSE(at::equal((numbers.cuda() / 3.0).cpu(), numbers / 3.0));
  CHECK(at::equal((numbers.cuda() / at::full({}, 3.0F).cuda()).cpu(), numbers / 3.0));
  CHECK(at::equal(numbers.cuda().sqrt().cpu(), numbers.to(at::kDouble).sqrt().to(at::kFloat)));
}

TEST_CASE("launches are counted by operator, and the bytes that they move") {
  const at::Tensor there = at::ones({100}, floats);
  fake_cuda::device().launched.clear();
  const at::Tensor sum = there + there.narrow(0, 0, 1);
  there.add_(sum);
  const auto& launched = fake_cuda::device().launched;
  CHECK(launched.at("aten::add").count == 2);
  CHECK(launched.at("aten::add").bytes == Approx(4.0 * ((100 + 1 + 100) + (100 + 100 + 100))));
  sum.index_select(0, at::tensor({3, 5}, at::kLong).to(floats.device()));
  CHECK(launched.at("aten::index_select").bytes == Approx(4.0 * (2 + 2) + 8.0 * 2));
}
