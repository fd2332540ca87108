// Torch's operators on the fake device: what is laid out or copied there is told here, all else computes on the CPU
// with tensors of the same memory.
#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/view_native.h>
#include <torch/library.h>

#include <algorithm>
#include <set>

#include "tests/fake_cuda/device.h"
#include "tests/fake_cuda/memory.h"

namespace matchday::fake_cuda {
namespace {

const c10::DispatchKeySet on_cuda(c10::DispatchKey::CUDA);

struct DeviceAllocation final : c10::Allocator {
  c10::DataPtr allocate(std::size_t bytes) override {
    void* block = bytes > 0 ? fake_cuda::allocate(bytes) : nullptr;
    return {block, block, &release, c10::Device(c10::kCUDA, 0)};
  }
  void copy_data(void* to, const void* from, std::size_t bytes) const override { std::memcpy(to, from, bytes); }
};
DeviceAllocation allocation;

at::Tensor empty(at::IntArrayRef size, std::optional<at::ScalarType> type, std::optional<at::Layout>,
                 std::optional<at::Device>, std::optional<bool>, std::optional<at::MemoryFormat> format) {
  return {at::detail::empty_generic(size, &allocation, on_cuda, type.value_or(at::kFloat), format)};
}

at::Tensor empty_strided(at::IntArrayRef size, at::IntArrayRef stride, std::optional<at::ScalarType> type,
                         std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>) {
  return {at::detail::empty_strided_generic(size, stride, &allocation, on_cuda, type.value_or(at::kFloat))};
}

/// Gives a tensor without elements its size, as operators do with what they are to write into.
const at::Tensor& resize(const at::Tensor& tensor, at::IntArrayRef size, std::optional<at::MemoryFormat>) {
  TORCH_CHECK(tensor.numel() == 0, "fake CUDA: a tensor that holds something can't be given another size");
  const std::size_t bytes = static_cast<std::size_t>(c10::multiply_integers(size)) * tensor.element_size();
  tensor.storage().unsafeGetStorageImpl()->set_data_ptr(allocation.allocate(bytes));
  tensor.storage().unsafeGetStorageImpl()->set_nbytes(bytes);
  tensor.unsafeGetTensorImpl()->set_sizes_contiguous(size);
  return tensor;
}

/// A tensor's bytes, those of repeated elements once.
double bytes_of(const at::Tensor& tensor) {
  double count = static_cast<double>(tensor.element_size());
  for (std::int64_t k = 0; k < tensor.dim(); ++k)
    if (tensor.stride(k) != 0) count *= static_cast<double>(tensor.size(k));
  return count;
}

at::Tensor& copy(at::Tensor& to, const at::Tensor& from, bool non_blocking) {
  if (to.numel() == 0) return to;
  std::string name = "copy_";
  bool later = false;  // it arrives when the host waits
  if (to.is_cpu() || from.is_cpu()) {
    name = to.is_cpu() ? "copy to the host" : "copy to the device";
    const at::Tensor& of_host = to.is_cpu() ? to : from;
    const bool nobody_waits = non_blocking && is_pinned(of_host.storage().data());
    if (!nobody_waits) wait(name);
    later = nobody_waits && to.is_cpu();
    TORCH_CHECK(device().capture == nullptr, "fake CUDA: a ", name, " while a graph is captured");
  }
  const at::Tensor target = to.is_cuda() ? on_host(to) : to;
  const at::Tensor source = (from.is_cuda() ? on_host(from) : from).expand(to.sizes());
  const auto done = [target, sent = later ? source.clone() : source] {  // others may write there before it arrives
    const at::AutoDispatchBelowADInplaceOrView guard;
    const at::Tensor& written = target;
    written.copy_(sent);
  };
  launch(name, bytes_of(to) + bytes_of(source), [done, later] {
    if (later)
      device().under_way.emplace_back(done);
    else
      done();
  });
  return to;
}

/// Products whose result has another type than what they read, which torch has on CUDA alone.
at::Tensor product_of_type(const at::Tensor& left, const at::Tensor& right, at::ScalarType type) {
  const at::Tensor result = at::empty({left.size(0), right.size(1)}, left.options().dtype(type));
  const at::Tensor host_result = on_host(result);
  launch("mm", bytes_of(left) + bytes_of(right) + bytes_of(result),
         [a = on_host(left), b = on_host(right), host_result, type] {
           const at::AutoDispatchBelowADInplaceOrView guard;
           host_result.copy_(at::mm(a.to(type), b.to(type)));
         });
  return result;
}

/// Whether the host waits for what an operator finds.
bool host_waits(const std::string& name, const torch::jit::Stack& arguments) {
  static const std::set<std::string> names{"aten::_local_scalar_dense",
                                           "aten::nonzero",
                                           "aten::masked_select",
                                           "aten::equal",
                                           "aten::_unique2",
                                           "aten::bincount",
                                           "aten::is_nonzero",
                                           "aten::histc"};
  if (names.contains(name)) return true;
  if (name.rfind("aten::index", 0) != 0) return false;  // by a mask, whose places are counted first
  for (const c10::IValue& argument : arguments)
    if (argument.isOptionalTensorList())
      for (const std::optional<at::Tensor> index : argument.toOptionalTensorList())
        if (index && index->defined() && index->scalar_type() == at::kBool) return true;
  return false;
}

/// An operator's call, its tensors exchanged for the CPU's.
class Call {
 public:
  explicit Call(const c10::OperatorHandle& op) : op_(op), name_(op.schema().name()) {}

  void take(torch::jit::Stack& stack) {
    const std::size_t count = op_.schema().arguments().size();
    arguments_.assign(stack.end() - static_cast<std::ptrdiff_t>(count), stack.end());
    stack.resize(stack.size() - count);
    if (host_waits(name_, arguments_)) wait(name_);
    for (std::size_t k = 0; k < count; ++k) {
      const c10::AliasInfo* alias = op_.schema().arguments()[k].alias_info();
      // What `_` changes in its place is read too; what `out` names is only written; chosen rows are told by give.
      const bool twice = alias != nullptr && alias->isWrite() && name_.back() == '_';
      exchange(arguments_[k], chooses_rows() && k == 0 ? 0.0 : twice ? 2.0 : 1.0);
    }
    TORCH_CHECK(!of_host_ || seen_.empty(), "fake CUDA: ", name_, ": tensors of two devices");
  }

  /// The results, on the device.
  void give(torch::jit::Stack& stack) {
    torch::jit::Stack results = compute();
    for (Seen& seen : seen_) {
      if (seen.host.sizes() == seen.on_device.sizes()) continue;
      seen.on_device.resize_(seen.host.sizes());
      seen.grown = on_host(seen.on_device);
      seen.grown.copy_(seen.host);
      bytes_ += bytes_of(seen.grown);
    }
    std::vector<at::Tensor> places;  // of results that are no arguments, their memory as the CPU's tensors
    for (c10::IValue& result : results) {
      if (result.isTensorList()) {
        std::vector<at::Tensor> on_device;
        for (const at::Tensor& tensor : result.toTensorVector()) on_device.push_back(given_back(tensor, places));
        stack.emplace_back(on_device);
      } else {
        stack.push_back(result.isTensor() ? c10::IValue(given_back(result.toTensor(), places)) : result);
      }
    }
    launch(name_, bytes_, [] {});
    if (device().capture == nullptr) return;
    for (Seen& seen : seen_) seen.on_device.reset();  // a graph keeps nobody's memory
    device().capture->launches.back() = [call = *this, places] { call.again(places); };
  }

 private:
  /// A tensor of the device, and the CPU's of the same memory.
  struct Seen {
    at::Tensor on_device;
    at::Tensor host;
    at::Tensor grown{};  ///< where the operator gave it its size: the memory that it then has
  };

  /// Reads of its first argument as much as it writes, however much there is.
  bool chooses_rows() const { return name_ == "aten::index_select"; }

  /// times: how often the device reads or writes what is given.
  void exchange(c10::IValue& argument, double times) {
    if (argument.isTensor()) {
      argument = taken(argument.toTensor(), times);
    } else if (argument.isTensorList()) {
      std::vector<at::Tensor> all;
      for (const at::Tensor& tensor : argument.toTensorVector()) all.push_back(taken(tensor, times));
      argument = all;
    } else if (argument.isOptionalTensorList()) {
      c10::List<std::optional<at::Tensor>> all;
      for (const std::optional<at::Tensor> tensor : argument.toOptionalTensorList())
        all.push_back(tensor ? std::optional(taken(*tensor, times)) : tensor);
      argument = all;
    } else if (argument.isGenerator()) {
      argument = drawing_generator(argument.toGenerator());
    } else if (argument.isDevice()) {
      argument = c10::Device(c10::kCPU);
    }
  }

  at::Tensor taken(const at::Tensor& tensor, double times) {
    if (!tensor.defined()) return tensor;
    if (!tensor.is_cuda()) {
      of_host_ |= tensor.dim() > 0;  // a number may come from the host
      return tensor;
    }
    bytes_ += bytes_of(tensor) * times;
    for (const Seen& seen : seen_)
      if (seen.on_device.is_same(tensor)) return seen.host;
    return seen_.emplace_back(Seen{tensor, tensor.numel() > 0 ? on_host(tensor) : at::empty_like(tensor, at::kCPU)})
        .host;
  }

  torch::jit::Stack compute() const {
    const at::AutoDispatchBelowADInplaceOrView guard;
    torch::jit::Stack stack = arguments_;
    if (name_ == "aten::sqrt" && stack.size() == 2) {
      // A GPU's root is exact; that of the CPU's vector library is not, but for float64.
      stack[1].toTensor().copy_(stack[0].toTensor().to(at::kDouble).sqrt());
      return {stack[1]};
    }
    if (name_ == "aten::div" && stack.size() == 3 && is_number_of_host(stack[1].toTensor())) {
      // By a number from the host torch divides on a GPU by multiplying with its reciprocal.
      const at::Tensor number = stack[1].toTensor().to(stack[0].toTensor().scalar_type());
      at::Tensor quotient = stack[2].toTensor();
      at::mul_out(quotient, stack[0].toTensor(), number.reciprocal());
      return {quotient};
    }
    op_.callBoxed(&stack);
    return stack;
  }

  bool is_number_of_host(const at::Tensor& tensor) const {
    return std::none_of(seen_.begin(), seen_.end(), [&](const Seen& seen) { return seen.host.is_same(tensor); });
  }

  at::Tensor given_back(const at::Tensor& result, std::vector<at::Tensor>& places) {
    if (!result.defined()) return result;
    for (const Seen& seen : seen_)
      if (seen.host.is_same(result)) return seen.on_device;
    const at::Tensor own = at::empty_strided(result.sizes(), result.strides(), result.options().device(at::kCUDA));
    bytes_ += bytes_of(own) * (chooses_rows() ? 2.0 : 1.0);
    places.push_back(on_host(own));
    if (own.numel() > 0) places.back().copy_(result);
    return own;
  }

  /// Computes the same once more, as a replay does.
  void again(const std::vector<at::Tensor>& places) const {
    std::size_t place = 0;
    const auto put = [&](const at::Tensor& result) {
      for (const Seen& seen : seen_)
        if (seen.host.is_same(result)) return;
      if (result.defined() && result.numel() > 0) places[place].copy_(result);
      place += result.defined();
    };
    for (const c10::IValue& result : compute()) {
      if (result.isTensor()) put(result.toTensor());
      if (result.isTensorList())
        for (const at::Tensor& tensor : result.toTensorVector()) put(tensor);
    }
    for (const Seen& seen : seen_)
      if (seen.grown.defined()) seen.grown.copy_(seen.host);
  }

  c10::OperatorHandle op_;
  std::string name_;
  torch::jit::Stack arguments_;
  std::vector<Seen> seen_;
  double bytes_ = 0.0;
  bool of_host_ = false;
};

void compute_on_host(const c10::OperatorHandle& op, c10::DispatchKeySet, torch::jit::Stack* stack) {
  Call call(op);
  call.take(*stack);
  call.give(*stack);
}

}  // namespace

at::Tensor on_host(const at::Tensor& tensor) {
  const c10::Storage storage(c10::Storage::use_byte_size_t(), tensor.storage().nbytes(),
                             c10::DataPtr(const_cast<void*>(tensor.storage().data()), c10::Device(c10::kCPU)), nullptr,
                             false);
  auto same = c10::make_intrusive<at::TensorImpl>(c10::Storage(storage), c10::DispatchKeySet(c10::DispatchKey::CPU),
                                                  tensor.dtype());
  same->set_sizes_and_strides(tensor.sizes(), tensor.strides(), tensor.storage_offset());
  return at::Tensor(std::move(same));
}

}  // namespace matchday::fake_cuda

TORCH_LIBRARY_IMPL(_, CUDA, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&matchday::fake_cuda::compute_on_host>());
}

TORCH_LIBRARY_IMPL(aten, CUDA, library) {
  library.impl("empty.memory_format", matchday::fake_cuda::empty);
  library.impl("empty_strided", matchday::fake_cuda::empty_strided);
  library.impl("resize_", matchday::fake_cuda::resize);
  library.impl("copy_", matchday::fake_cuda::copy);
  library.impl("mm.dtype", matchday::fake_cuda::product_of_type);
  library.impl("as_strided", TORCH_FN(at::native::as_strided_tensorimpl));
  library.impl("view", TORCH_FN(at::native::view));
  library.impl("_reshape_alias", TORCH_FN(at::native::_reshape_alias));
}
