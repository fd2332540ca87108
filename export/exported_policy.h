// A policy that is exported, and what its file says about it.
#pragma once

#include <map>
#include <string>

#include "policy/network_policy.h"
#include "train/config.h"

namespace matchday {

struct ExportedPolicy {
  Config config;    ///< that it was trained by
  Network network;  ///< on the CPU
  Decisions decisions = Decisions::mean;
};

/// Keys and texts that go into every exported file: what wrote it, the tables of observation and action, which way the
/// pitch is seen, and the whole config, as TOML, with rules and network.
std::map<std::string, std::string> metadata_of(const ExportedPolicy& policy);

/// What metadata_of says under "format".
inline constexpr char exported_format[] = "matchday policy";

}  // namespace matchday
