// What bad input is answered with.
#pragma once

#include <functional>
#include <string>

#include "rules/bad_input.h"

namespace matchday {

/// The sentence with which `act` refuses its input.
inline std::string complaint(const std::function<void()>& act) {
  try {
    act();
  } catch (const BadInput& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace matchday
