#include "engine/commands/pools/sweep_plan.hpp"

#include <algorithm>

namespace outrider {

std::int64_t trials_to_take(const std::vector<sweep_share>& all, std::size_t at,
                            std::int64_t waiting, std::int64_t ahead) {
    const sweep_share& own = all.at(at);
    const auto idle = [](const sweep_share& one) {
        return std::max<std::int64_t>(one.slots - one.held, 0);
    };
    const auto now = std::min(idle(own), waiting);
    std::int64_t spare = waiting - now;
    std::int64_t slots = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == at || all[i].counts) {
            slots += all[i].slots;
        }
        if (i != at && all[i].counts) {
            spare -= idle(all[i]);
        }
    }
    if (spare <= 0 || own.slots <= 0) {
        return now;
    }
    const auto fair = (spare * own.slots + slots - 1) / slots;
    if (ahead < 0) {
        return now + fair;
    }
    const auto room = own.slots * (1 + ahead) - std::max(own.held + now, own.slots);
    return now + std::clamp<std::int64_t>(room, 0, fair);
}

} // namespace outrider
