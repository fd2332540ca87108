// An exported policy, and the metadata of its file.
#pragma once

#include <map>
#include <string>

#include "config/config.h"
#include "policy/network_policy.h"

namespace matchday {

struct ExportedPolicy {
  Config config;    ///< that it was trained with
  Network network;  ///< on the CPU
  Decisions decisions = Decisions::mean;
};

/// The metadata of every exported file: the program that wrote it, tables of observation and action, the view of the
/// pitch, and the whole config with rules and network, as TOML.
std::map<std::string, std::string> metadata_of(const ExportedPolicy& policy);

/// The value of "format" in that metadata.
inline constexpr char exported_format[] = "matchday policy";

}  // namespace matchday
