#include "counts.h"

#include <algorithm>
#include <set>

namespace matchday::ptx {
namespace {

constexpr std::uint64_t sector_bytes = 32;

struct Request {
  bool loads;
  std::set<std::uint64_t> sectors;
};

bool counts_now = false;
std::map<std::string, Counts> of_kernels;
std::map<std::pair<const char*, unsigned>, std::uint64_t> accesses;  ///< by site and thread: how many there were
std::map<std::pair<const char*, std::uint64_t>, Request> requests;   ///< by site and how many there were before

}  // namespace

void count_from_now_on() { counts_now = true; }
bool counting() { return counts_now; }
const std::map<std::string, Counts>& counts() { return of_kernels; }

void count_access(unsigned thread, const Access& access) {
  Request& request = requests[{access.site, accesses[{access.site, thread}]++}];
  request.loads = access.use == Use::read;
  for (std::uint64_t k = access.address / sector_bytes; k * sector_bytes < access.address + access.bytes; ++k)
    request.sectors.insert(k);
}

void count_warp(const Kernel& kernel, const std::vector<std::vector<std::uint64_t>>& runs) {
  Counts& sums = of_kernels[kernel.name];
  ++sums.warps;
  for (std::size_t k = 0; k < kernel.basic_blocks.size(); ++k) {
    std::uint64_t most = 0;
    for (const auto& of_thread : runs) {
      sums.taken += of_thread[k] * kernel.basic_blocks[k];
      most = std::max(most, of_thread[k]);
    }
    sums.issued += most * kernel.basic_blocks[k];
  }
  for (const auto& [_, request] : requests) {
    Requests& of_kind = request.loads ? sums.loads : sums.stores;
    ++of_kind.requests;
    of_kind.sectors += request.sectors.size();
  }
  accesses.clear();
  requests.clear();
}

}  // namespace matchday::ptx
