// How much memory training takes, and how many matches find room.
#pragma once

#include <c10/core/Device.h>

#include <optional>

#include "train/config.h"

namespace matchday {

/// Bytes that training holds for every match of its batch, above all the trajectory and what is made of it; counted,
/// for the largest of its moments.
double bytes_of_match(const Config& config);

/// Bytes that the device can give; nothing where it does not say.
std::optional<double> free_memory(at::Device device);

/// The largest power of two of matches that finds room, leaving a fifth of the memory to all else; nothing where the
/// device does not say how much it has.
std::optional<std::int64_t> most_matches(const Config& config, at::Device device);

/// Throws BadInput if the config's matches find no room.
void require_room(const Config& config, at::Device device);

}  // namespace matchday
