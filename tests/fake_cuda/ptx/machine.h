// A device that runs kernels as nvcc made them: a block is a warp of 32 threads, which go on one after the other from
// barrier to barrier. The first thing that is wrong ends the launch with an exception that says what and where.
//
// Found are: an access outside of the arrays that the device knows, or not aligned; a write to an input; a read of
// shared memory that nobody wrote in this block; two threads of which one wrote and both used the same memory, shared
// memory with no barrier between, other memory in the same launch, unless both added atomically; a barrier whose mask
// names other threads than those that are still there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace matchday::ptx {

inline constexpr unsigned warp = 32;  ///< threads

class Machine;
enum class Space { global, shared };
enum class Use { read, write, change };  ///< change: with nobody in between

struct Access {
  const char* site;  ///< the instruction: its line in the PTX and in the source
  std::uint64_t address;
  unsigned bytes;
  Use use;
};

/// What a translated kernel sees of the machine.
struct Thread {
  Machine* machine;
  unsigned number;  ///< in its block
  unsigned block_x;
  unsigned block_y;
  std::byte* const* parameters;
  std::uint64_t* runs;  ///< of basic blocks, by this thread; where the translation counts

  /// The memory at an address, to be used as the access says.
  std::byte* reach(Space space, const Access& access);
  /// Waits for the threads that the mask names, itself among them.
  void meet(const char* site, std::uint32_t mask);
};

struct SharedArray {
  const char* name;
  std::uint64_t place;  ///< in shared memory
  std::uint64_t bytes;
};

struct Kernel {
  std::string name;
  void (*run)(Thread&);
  std::vector<std::size_t> parameters;  ///< bytes of each
  std::vector<SharedArray> shared;      ///< those that it uses
  std::vector<unsigned> basic_blocks;   ///< instructions in each
};

/// Makes the kernels of a translated file known.
struct Registration {
  explicit Registration(std::vector<Kernel> of_file);
};

/// What a mistake of a kernel's becomes.
struct Fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Tells the device of an array in its memory. Accesses are watched by elements of that size.
void know_array(const std::string& name, void* first, std::size_t bytes, unsigned element_bytes, bool may_write);
void forget_arrays();

/// Runs the kernel of that name, with copies of the parameters.
void launch(const std::string& name, unsigned blocks_x, unsigned blocks_y, void* const* parameters);

}  // namespace matchday::ptx
