// The error message for bad input.
#pragma once

#include <functional>
#include <string>

#include "rules/bad_input.h"

namespace matchday {

/// The text of the BadInput that `act` throws.
inline std::string complaint(const std::function<void()>& act) {
  try {
    act();
  } catch (const BadInput& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace matchday
