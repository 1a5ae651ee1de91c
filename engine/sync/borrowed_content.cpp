#include "engine/sync/borrowed_content.hpp"

#include "engine/protocol/packet.hpp"

#include <utility>

namespace outrider {
namespace {

/// Packets that may be borrowed at once: few enough to be in the processor's cache still when they
/// are passed on.
constexpr std::size_t most_borrowed = 8;
/// So many are given back at once. The sender waits only when all are lent, so these come.
constexpr std::size_t given_back_at_once = most_borrowed / 4;

} // namespace

borrowed_content::borrowed_content(const agent_client& from)
    : loans_(std::make_shared<loans>(from.executor())) {
    if (from.is_here()) {
        loans_->memory = shared_memory::make(most_borrowed * protocol::shared_slot_size);
    }
}

std::optional<protocol::shared_memory_file> borrowed_content::place() const {
    return loans_->memory ? std::optional(loans_->memory->place()) : std::nullopt;
}

std::shared_ptr<shared_memory> borrowed_content::memory() const {
    return loans_->memory;
}

result<protocol::frame> borrowed_content::open(protocol::frame told) {
    protocol::packet_reader packet(told.payload);
    if (told.kind != protocol::frame_kind::data || packet.kind() != protocol::packet_kind::lent) {
        return told;
    }
    const auto lent = protocol::read_lent(packet);
    if (!lent) {
        return lent.error();
    }
    constexpr auto before = static_cast<std::int64_t>(protocol::frame_header_size);
    const auto end =
        loans_->memory ? static_cast<std::int64_t>(loans_->memory->bytes().size()) : std::int64_t{};
    if (lent->offset < before || lent->offset > end || lent->size > end - lent->offset) {
        return protocol::malformed_packet("place of content");
    }
    char* const begin = loans_->memory->bytes().data() + lent->offset;
    const std::shared_ptr<char[]> loan(begin, [in = loans_, offset = lent->offset](char*) {
        in->ended.push_back(offset);
        if (in->ended.size() >= given_back_at_once) {
            in->more_ended.notify();
        }
    });
    told.payload = {loan, begin, static_cast<std::size_t>(lent->size)};
    return told;
}

awaitable<void> borrowed_content::give_back(exchange& sender) {
    for (;;) {
        while (loans_->ended.size() < given_back_at_once) {
            if (!co_await loans_->more_ended.wait()) {
                co_return;
            }
        }
        const auto ended = std::exchange(loans_->ended, {});
        if (!co_await sender.data(protocol::returned_packet(ended))) {
            co_return;
        }
    }
}

} // namespace outrider
