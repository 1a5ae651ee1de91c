#include "engine/remotes/follow_rules.hpp"

#include "engine/reactor/retry_policy.hpp"

namespace outrider {

follow_verdict judge_follow(errc why, bool was_connected) {
    if (retry_policy::worth_a_retry(why) || (was_connected && why == errc::resolve_failed)) {
        return follow_verdict::try_again;
    }
    return follow_verdict::give_up;
}

} // namespace outrider
