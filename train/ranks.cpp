#include "train/ranks.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "rules/bad_input.h"
#include "rules/content_hash.h"
#include "train/collectives.h"

namespace matchday {
namespace {

std::string variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

/// A variable of the environment as a whole number from `lowest` to `highest`. Throws BadInput.
int number_in(const char* name, int lowest, int highest) {
  const std::string text = variable(name);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < lowest || number > highest)
    throw BadInput(fmt::format("the environment's {} is \"{}\"; it must be a whole number from {} to {}", name, text,
                               lowest, highest));
  return number;
}

constexpr int most_ranks = 65536;

/// Adds the rows of [n, ...] up, in their order: at::sum may take another.
at::Tensor sum_in_order(const at::Tensor& rows) {
  at::Tensor sum = rows[0].clone();
  for (std::int64_t k = 1; k < rows.size(0); ++k) sum += rows[k];
  return sum;
}

/// Runs what talks to the other ranks. An error becomes one line that names this rank.
template <class Talk>
auto talk(int rank, int size, const Talk& communicate) {
  try {
    return communicate();
  } catch (const BadInput&) {
    throw;
  } catch (const std::exception& error) {
    const std::string text = error.what();
    throw std::runtime_error(
        fmt::format("rank {} of {} lost the others: {}", rank, size, text.substr(0, text.find('\n'))));
  }
}

/// A name that all ranks of this start share, and no earlier start: torchrun's store outlives a restart, and with it
/// the addresses of processes that are gone (pytorch issue 135712). Rank 0 makes up the name. Every other rank answers
/// under it by a word of its own, which no earlier process knew, and goes on once rank 0 repeated that word.
std::string fresh_name(c10d::Store& store, const GroupOptions& options) {
  std::random_device random;
  const std::string own = fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
  const auto read = [&](const std::string& key) {
    const std::vector<std::uint8_t> bytes = store.get(key);
    return std::string(bytes.begin(), bytes.end());
  };
  const auto write = [&](const std::string& key, const std::string& text) {
    store.set(key, std::vector<std::uint8_t>(text.begin(), text.end()));
  };
  if (options.rank == 0) {
    write("name", own);
    for (int other = 1; other < options.size; ++other) write("go/" + read(fmt::format("{}/{}", own, other)), own);
    return own;
  }
  constexpr std::chrono::milliseconds pause(20);
  const auto until = std::chrono::steady_clock::now() + options.timeout;
  while (std::chrono::steady_clock::now() < until) {
    write(fmt::format("{}/{}", read("name"), options.rank), own);
    std::this_thread::sleep_for(pause);
    if (store.check({"go/" + own})) return read("go/" + own);
  }
  throw std::runtime_error("rank 0 did not answer");
}

/// The store in which the ranks meet. As torch.distributed.init_process_group has it: under torchrun its agent serves
/// the store, otherwise rank 0 does.
c10::intrusive_ptr<c10d::Store> meeting_place(const GroupOptions& group) {
  const bool of_agent = variable("TORCHELASTIC_USE_AGENT_STORE") == "True";
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(number_in("MASTER_PORT", 1, 65535));
  options.isServer = !of_agent && group.rank == 0;
  options.numWorkers = static_cast<std::size_t>(group.size);
  options.multiTenant = !of_agent;
  options.timeout = group.timeout;
  const auto of_all_starts = c10::make_intrusive<c10d::PrefixStore>(
      "matchday", c10::make_intrusive<c10d::TCPStore>(variable("MASTER_ADDR"), options));
  return c10::make_intrusive<c10d::PrefixStore>(fresh_name(*of_all_starts, group), of_all_starts);
}

}  // namespace

struct Ranks::Group {
  c10::intrusive_ptr<c10d::ProcessGroup> all;
};

Ranks Ranks::join(at::Device device, const RanksOptions& options) {
  for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"})
    if (variable(name).empty()) return Ranks(std::max<std::int64_t>(options.shards, 1));
  GroupOptions group{.size = number_in("WORLD_SIZE", 1, most_ranks)};
  group.rank = number_in("RANK", 0, group.size - 1);
  group.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(1000.0 * options.timeout));
  Ranks ranks(options.shards > 0 ? options.shards : group.size);
  ranks.rank_ = group.rank;
  ranks.size_ = group.size;
  if (ranks.shards_ % group.size != 0)
    throw BadInput(
        fmt::format("shards is {}, which can't be shared out evenly to {} ranks", ranks.shards_, group.size));
  if (group.size > 1)
    ranks.group_ = talk(group.rank, group.size, [&] {
      return std::make_shared<const Group>(Group{join_group(meeting_place(group), device, group)});
    });
  return ranks;
}

at::Tensor Ranks::gathered(const at::Tensor& own) const {
  if (size_ == 1) return own;
  std::vector<std::int64_t> sizes = own.sizes().vec();
  sizes[0] *= size_;
  at::Tensor all = at::empty(sizes, own.options());
  at::Tensor sent = own.contiguous();
  talk(rank_, size_, [&] { return group_->all->_allgather_base(all, sent)->wait(); });
  return all;
}

at::Tensor Ranks::sum(const std::vector<at::Tensor>& own) const {
  if (shards_ == 1) return own[0];
  const at::Tensor rows = at::stack(own);  // [k, n]
  if (size_ == 1) return sum_in_order(rows);
  // Few numbers: every rank gets all and adds them. Many: every rank adds a slice of all shards' numbers, which takes
  // the traffic of an all-reduce. By measurement, the first is faster below a million numbers (docs/ranks.md).
  constexpr std::int64_t few = 1 << 20;
  const std::int64_t n = rows.size(1);
  if (shards_ * n <= few) return sum_in_order(gathered(rows));
  const std::int64_t slice = (n + size_ - 1) / size_;
  at::Tensor sent = at::constant_pad_nd(rows, {0, slice * size_ - n})
                        .view({rows.size(0), size_, slice})
                        .transpose(0, 1)
                        .contiguous();  // [size, k, slice]
  at::Tensor got = at::empty_like(sent);
  std::vector<std::int64_t> evenly;
  talk(rank_, size_, [&] { return group_->all->alltoall_base(got, sent, evenly, evenly)->wait(); });
  return gathered(sum_in_order(got.view({shards_, slice}))).narrow(0, 0, n);
}

double Ranks::from_leader(double number) const {
  return size_ == 1 ? number : gathered(at::full({1}, number, at::kDouble))[0].item<double>();
}

std::int64_t Ranks::smallest(std::int64_t own) const {
  return size_ == 1 ? own : gathered(at::full({1}, own, at::kLong)).min().item<std::int64_t>();
}

void Ranks::require_same(const std::string& what, const std::string& text) const {
  std::uint64_t hash = empty_hash;
  add_bytes(hash, text.data(), text.size());
  const at::Tensor all = gathered(at::full({1}, static_cast<std::int64_t>(hash), at::kLong));
  for (std::int64_t other = 1; other < all.size(0); ++other)
    if (!all[other].equal(all[0])) throw BadInput(fmt::format("rank {} has another {} than rank 0", other, what));
}

int local_rank() { return variable("LOCAL_RANK").empty() ? 0 : number_in("LOCAL_RANK", 0, most_ranks); }

int local_ranks() { return variable("LOCAL_WORLD_SIZE").empty() ? 1 : number_in("LOCAL_WORLD_SIZE", 1, most_ranks); }

}  // namespace matchday
