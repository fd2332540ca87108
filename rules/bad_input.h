// The one exception for what a user gave and cannot be used: a config, a file, an argument.
#pragma once

#include <stdexcept>

namespace matchday {

/// Its text is one sentence: what is wrong, where, and what is allowed. The app shows it and exits with 2.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace matchday
