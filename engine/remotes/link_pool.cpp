#include "engine/remotes/link_pool.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace outrider {

std::string link_key(const remote& to) {
    return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", to.name, to.type, to.host,
                       to.port.value_or(0), to.user.value_or(""), to.private_key.value_or(""),
                       to.proxy.value_or(""), to.guild_home, to.known_hosts.value_or(""),
                       static_cast<int>(to.host_keys), to.ssh_config.value_or(""),
                       to.connect_timeout.value_or(0));
}

link_pool::link_pool(asio::any_io_executor executor,
                     std::vector<std::unique_ptr<transport>> transports)
    : executor_(std::move(executor)), transports_(std::move(transports)) {}

result<link*> link_pool::find(const remote& to) {
    auto& slot = links_[link_key(to)];
    if (!slot) {
        const auto over = std::find_if(transports_.begin(), transports_.end(),
                                       [&](const auto& t) { return t->type() == to.type; });
        if (over == transports_.end()) {
            return failure(errc::unsupported,
                           fmt::format("remote {} has unsupported type: {}", to.name, to.type));
        }
        slot = std::make_unique<link>(executor_, to, **over,
                                      [this, to](bool up, const std::string& why) {
                                          if (told_) {
                                              told_(to, up, why);
                                          }
                                      });
    }
    return slot.get();
}

std::vector<std::pair<std::string, bool>> link_pool::states() const {
    std::vector<std::pair<std::string, bool>> out;
    for (const auto& [key, one] : links_) {
        if (one) {
            out.emplace_back(one->to().name, one->up());
        }
    }
    return out;
}

awaitable<void> link_pool::close() {
    for (auto& [key, one] : links_) {
        if (one) {
            co_await one->close();
        }
    }
    links_.clear();
    for (auto& over : transports_) {
        co_await over->close();
    }
}

} // namespace outrider
