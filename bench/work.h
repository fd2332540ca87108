// How much work a match-step is: the bytes that must move and the operations that must be done.
#pragma once

#include "rules/rules.h"

namespace matchday::bench {

/// The least work of one match-step, including both teams' observations.
struct StepWork {
  double bytes;      ///< to and from memory: state in and out, actions in, reward, termination and observations out
  double simple;     ///< additions, multiplications, comparisons, selections of a single match
  double divisions;  ///< divisions and square roots
};

/// The bytes follow from the tensors' shapes; the operations are counted while 64 matches play random actions.
StepWork work_of_step(const Rules& rules);

}  // namespace matchday::bench
