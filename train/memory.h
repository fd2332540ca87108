// How much memory training takes, and how many matches find room.
#pragma once

#include <c10/core/Device.h>

#include <optional>

#include "train/config.h"

namespace matchday {

/// Bytes that training holds for every match of its batch, above all the trajectory and what is made of it; counted,
/// for the largest of its moments. Without kept activations.
double bytes_of_match(const Config& config, at::Device device);

/// Bytes of the rows that the update takes at a time through a network and back, on a GPU, which keeps what every layer
/// gave for all of them. 0 on a CPU, which takes few at a time.
double bytes_of_update(const Config& config, at::Device device);

/// Both together, of all matches.
double bytes_of_training(const Config& config, at::Device device);

/// Bytes of the networks, their gradients and Adam's means and squares, and of a full pool.
double bytes_of_networks(const Config& config);

/// Numbers of a decision's activations that rollouts keep, so that the update need not find them again: where it uses
/// them once, with the weights that played, on a CPU's kernels, and they take no more than a quarter of the memory that
/// is free. 0: none.
std::int64_t kept_activations(const Config& config, at::Device device);

/// Bytes that the device can give; nothing where it does not say.
std::optional<double> free_memory(at::Device device);

/// The largest power of two of matches that finds room, leaving a fifth of the memory to all else; nothing where the
/// device does not say how much it has.
std::optional<std::int64_t> most_matches(const Config& config, at::Device device);

/// Throws BadInput if the config's networks find no room.
void require_room_for_networks(const Config& config, at::Device device);

/// Throws BadInput if the config's networks or matches find no room.
void require_room(const Config& config, at::Device device);

}  // namespace matchday
