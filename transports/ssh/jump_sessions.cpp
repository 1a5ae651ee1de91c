#include "transports/ssh/jump_sessions.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace outrider::ssh {

bool jump_sessions::entry::lives() const {
    return !making.idle() || !making_child.idle() || (session && session->alive()) ||
           !child.expired();
}

std::shared_ptr<jump_sessions::entry> jump_sessions::find(jump_way way) {
    std::erase_if(entries_, [](const auto& each) { return !each->lives(); });
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const auto& each) { return each->way == way; });
    if (known != entries_.end()) {
        return *known;
    }
    auto& fresh = entries_.emplace_back(std::make_shared<entry>());
    fresh->way = std::move(way);
    return fresh;
}

awaitable<result<reached_jump>>
jump_sessions::reach(jump_way way, std::function<awaitable<result<reached_session>>()> make) {
    if (!carriers_) {
        carriers_.emplace(co_await asio::this_coro::executor);
    }
    const auto mine = find(std::move(way)); // held: the list may change meanwhile
    const auto connect = [&]() -> awaitable<result<reached_jump>> {
        auto reached = co_await make();
        if (!reached) {
            co_return reached.error();
        }
        if (!reached->wire) {
            co_return reached_jump{.session = nullptr,
                                   .needs_ssh_program = reached->needs_ssh_program};
        }
        spdlog::info("{}: connected, for all behind it", reached->wire->label());
        mine->session = std::make_shared<jump_session>(std::move(*reached), *carriers_, linger_);
        co_return reached_jump{.session = mine->session, .needs_ssh_program = {}};
    };
    for (;;) {
        if (mine->session && mine->session->alive()) {
            co_return reached_jump{.session = mine->session->hold(), .needs_ssh_program = {}};
        }
        auto made = co_await mine->making.run(connect);
        if (!made || !made->session) {
            co_return made;
        }
    }
}

awaitable<result<std::shared_ptr<child_master>>> jump_sessions::reach_by_child(
    jump_way way, std::function<awaitable<result<std::shared_ptr<child_master>>>()> make) {
    const auto mine = find(std::move(way)); // held: the list may change meanwhile
    const auto connect = [&]() -> awaitable<result<std::shared_ptr<child_master>>> {
        auto made = co_await make();
        if (made) {
            mine->child = *made;
        }
        co_return made;
    };
    if (auto known = mine->child.lock(); known && known->alive()) {
        co_return known;
    }
    co_return co_await mine->making_child.run(connect);
}

awaitable<void> jump_sessions::close() {
    for (const auto& each : entries_) {
        if (each->session) {
            each->session->end();
        }
    }
    entries_.clear();
    if (carriers_) {
        carriers_->cancel();
        co_await carriers_->join();
        carriers_.reset();
    }
}

std::size_t jump_sessions::count() const {
    return static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(),
                      [](const auto& each) { return each->session && each->session->alive(); }));
}

} // namespace outrider::ssh
