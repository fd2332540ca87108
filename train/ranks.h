// The processes that train one team together, as torchrun starts them: ranks of a group of torch.distributed (c10d).
//
// The batch of matches is cut into shards of equal size, each with its own order of samples and the same layout of
// opponents; every rank plays the same number of neighbouring shards. What is summed over the batch is summed shard by
// shard in their order, so the bits follow from the number of shards, not from the number of ranks that share them.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace matchday {

struct RanksOptions {
  std::int64_t shards = 0;  ///< of the whole batch; 0: as many as there are ranks
  double timeout = 600.0;   ///< s that a rank waits for the others, who may be evaluating or writing files
};

/// Copies are the same group.
class Ranks {
 public:
  /// One process on its own, with all shards.
  explicit Ranks(std::int64_t shards = 1) : shards_(shards) {}

  /// The group that the environment describes (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT; torchrun sets them), or this
  /// process on its own. Waits for all ranks. Throws BadInput if the environment or the number of shards is wrong,
  /// std::runtime_error if the others can't be reached.
  static Ranks join(at::Device device, const RanksOptions& options);

  int rank() const { return rank_; }
  int size() const { return size_; }
  bool leads() const { return rank_ == 0; }  ///< writes the files and tells what happens
  std::int64_t shards() const { return shards_; }
  std::int64_t own_shards() const { return shards_ / size_; }
  std::int64_t first_shard() const { return rank_ * own_shards(); }

  /// All ranks' tensors, in the order of the ranks: [n, ...] -> [size * n, ...].
  at::Tensor gathered(const at::Tensor& own) const;

  /// The sum over all shards in their order, the same bits on every rank. own: this rank's shards', [n] each.
  at::Tensor sum(const std::vector<at::Tensor>& own) const;

  /// Rank 0's number, on all ranks.
  double from_leader(double number) const;

  /// The smallest of all ranks' numbers.
  std::int64_t smallest(std::int64_t own) const;

  /// Throws BadInput on every rank if the text differs between ranks. what: its name in the sentence.
  void require_same(const std::string& what, const std::string& text) const;

 private:
  struct Group;

  std::int64_t shards_;
  int rank_ = 0;
  int size_ = 1;
  std::shared_ptr<const Group> group_{};
};

/// This process's number among the ranks of its machine, and how many those are: LOCAL_RANK, LOCAL_WORLD_SIZE; 0 and 1
/// for a process on its own. Throws BadInput if the environment is wrong.
int local_rank();
int local_ranks();

}  // namespace matchday
