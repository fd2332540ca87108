#include "machine.h"

#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <map>
#include <memory>

#include "counts.h"
#include "memory.h"

namespace matchday::ptx {
namespace {

std::map<std::string, Kernel>& kernels() {
  static std::map<std::string, Kernel> all;
  return all;
}

/// A kernel's name without the file's own namespace, whose name is another one in every compilation.
std::string without_file(const std::string& name) {
  const std::size_t begin = name.find("_GLOBAL__N__");
  if (begin == std::string::npos) return name;
  const std::size_t digits = name.find_last_not_of("0123456789", begin - 1) + 1;
  return name.substr(0, digits) + name.substr(begin + std::stoul(name.substr(digits, begin - digits)));
}

std::uint64_t launches = 0;

}  // namespace

/// The threads of a block as fibers. Each runs until it waits or ends; when all have, those that wait go on.
class Machine {
 public:
  Machine(const Kernel& kernel, std::byte* const* parameters) : kernel_(kernel), shared_(kernel.shared) {
    for (unsigned t = 0; t < warp; ++t) {
      fibers_[t].stack = std::make_unique<std::byte[]>(stack_bytes);
      fibers_[t].runs.resize(kernel.basic_blocks.size());
      fibers_[t].thread = {this, t, 0, 0, parameters, fibers_[t].runs.data()};
    }
  }

  void run_block(unsigned x, unsigned y, std::uint64_t number) {
    running = this;
    shared_.forget();
    block_ = number;
    for (Fiber& fiber : fibers_) begin(fiber, x, y);
    for (bool unfinished = true; unfinished;) {
      // Upwards and downwards in turns: no result may depend on who comes first.
      for (unsigned k = 0; k < warp; ++k) {
        current_ = passes_ % 2 == 0 ? k : warp - 1 - k;
        if (fibers_[current_].state == State::ready) swapcontext(&main_, &fibers_[current_].context);
        if (failure_) std::rethrow_exception(failure_);
      }
      ++passes_;
      unfinished = let_waiting_go_on();
    }
    if (counting()) count_block();
  }

  std::byte* reach(const Thread& thread, Space space, const Access& access) {
    const std::uint64_t who = block_ * warp + thread.number;
    if (space == Space::shared) return shared_.reach(access, who);
    if (counting()) count_access(thread.number, access);
    return reach_array(access, who, launches);
  }

  void wait(const Thread& thread, const char* site, std::uint32_t mask) {
    Fiber& fiber = fibers_[thread.number];
    fiber.state = State::waits;
    fiber.site = site;
    fiber.mask = mask;
    swapcontext(&fiber.context, &main_);
  }

 private:
  enum class State { ready, waits, done };
  struct Fiber {
    ucontext_t context;
    std::unique_ptr<std::byte[]> stack;
    std::vector<std::uint64_t> runs;
    Thread thread;
    State state;
    const char* site;
    std::uint32_t mask;
  };
  static constexpr std::size_t stack_bytes = 1U << 18U;  // an 11-a-side step keeps some thousand numbers

  static void main_of_fiber() {
    Machine& machine = *running;
    Fiber& fiber = machine.fibers_[machine.current_];
    try {
      machine.kernel_.run(fiber.thread);
    } catch (...) {
      machine.failure_ = std::current_exception();
    }
    fiber.state = State::done;
    setcontext(&machine.main_);
  }

  void begin(Fiber& fiber, unsigned x, unsigned y) {
    fiber.thread.block_x = x;
    fiber.thread.block_y = y;
    fiber.state = State::ready;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = stack_bytes;
    makecontext(&fiber.context, main_of_fiber, 0);
  }

  void count_block() {
    std::vector<std::vector<std::uint64_t>> runs;
    for (Fiber& fiber : fibers_) {
      runs.push_back(fiber.runs);
      std::fill(fiber.runs.begin(), fiber.runs.end(), 0);
    }
    count_warp(kernel_, runs);
  }

  /// Whether there are any.
  bool let_waiting_go_on() {
    std::uint32_t threads = 0;
    for (const Fiber& fiber : fibers_)
      if (fiber.state == State::waits) threads |= 1U << fiber.thread.number;
    for (Fiber& fiber : fibers_)
      if (fiber.state == State::waits) {
        if (fiber.mask != threads)
          throw Fault(describe(fiber.site, fiber.thread.number) + "waits for the threads " + hexadecimal(fiber.mask) +
                      ", but those that come are " + hexadecimal(threads));
        fiber.state = State::ready;
      }
    shared_.next_moment();
    return threads != 0;
  }

  static inline Machine* running = nullptr;  ///< that of the launch at hand: there is one at a time

  const Kernel& kernel_;
  SharedMemory shared_;
  std::array<Fiber, warp> fibers_;
  ucontext_t main_;
  unsigned current_ = 0;
  std::uint64_t block_ = 0;
  std::uint64_t passes_ = 0;
  std::exception_ptr failure_;
};

std::byte* Thread::reach(Space space, const Access& access) { return machine->reach(*this, space, access); }
void Thread::meet(const char* site, std::uint32_t mask) { machine->wait(*this, site, mask); }

Registration::Registration(std::vector<Kernel> of_file) {
  for (Kernel& kernel : of_file) kernels()[without_file(kernel.name)] = std::move(kernel);
}

void launch(const std::string& name, unsigned blocks_x, unsigned blocks_y, void* const* parameters) {
  const auto found = kernels().find(without_file(name));
  if (found == kernels().end()) throw Fault("no translated kernel is called " + name);
  const Kernel& kernel = found->second;
  std::vector<std::vector<std::byte>> copies;
  std::vector<std::byte*> addresses;
  for (std::size_t k = 0; k < kernel.parameters.size(); ++k) {
    const auto* first = static_cast<const std::byte*>(parameters[k]);
    addresses.push_back(copies.emplace_back(first, first + kernel.parameters[k]).data());
  }
  ++launches;
  Machine machine(kernel, addresses.data());
  for (unsigned y = 0; y < blocks_y; ++y)
    for (unsigned x = 0; x < blocks_x; ++x) machine.run_block(x, y, std::uint64_t{y} * blocks_x + x);
}

}  // namespace matchday::ptx
