// The bots, one by one.
#pragma once

#include "policy/policy.h"

namespace matchday::bots {

Policy still_bot();    ///< stands
Policy random_bot();   ///< noise
Policy chaser_bot();   ///< all run to the ball and kick at the goal's middle
Policy presser_bot();  ///< the nearest does, the others keep to their places
Policy keeper_bot();   ///< has a goalkeeper, moves its places with the ball and shoots where the goal is open
Policy role_bot();     ///< marks, supports, dribbles and passes too

}  // namespace matchday::bots
