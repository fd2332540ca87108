// How much memory training takes, and how many matches fit.
#pragma once

#include <c10/core/Device.h>

#include <optional>

#include "config/config.h"

namespace matchday {

/// Peak bytes that training holds per match of its batch, mostly the trajectory and the tensors made of it; computed
/// from shapes, not measured. Without kept activations.
double bytes_of_match(const Config& config, at::Device device);

/// Bytes of the rows that the update takes at a time through a network and back on a GPU, which keeps every layer's
/// output for all of them. 0 on a CPU, which takes few rows at a time.
double bytes_of_update(const Config& config, at::Device device);

/// Both together, for all matches.
double bytes_of_training(const Config& config, at::Device device);

/// Bytes of the networks, their gradients and Adam's means and squares, and of a full pool.
double bytes_of_networks(const Config& config);

/// Number of activations per decision that rollouts keep, so that the update need not compute them again: only where it
/// uses them once, with the weights that played, in the CPU kernels, and they take less than a quarter of the free
/// memory. 0: none.
std::int64_t kept_activations(const Config& config, at::Device device);

/// Free memory of the device, bytes; nothing where it is unknown. Ranks on one machine share that of its CPU evenly.
std::optional<double> free_memory(at::Device device);

/// The largest power of two of matches that fits, leaving a fifth of the memory to all else; nothing where the device's
/// memory is unknown.
std::optional<std::int64_t> most_matches(const Config& config, at::Device device);

/// Throws BadInput if the config's networks don't fit in memory.
void require_room_for_networks(const Config& config, at::Device device);

/// Throws BadInput if the config's networks or matches don't fit in memory.
void require_room(const Config& config, at::Device device);

}  // namespace matchday
