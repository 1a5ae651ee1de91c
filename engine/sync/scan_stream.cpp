#include "engine/sync/scan_stream.hpp"

#include "engine/sync/path_order.hpp"

namespace outrider {
namespace {

using protocol::scan_record;

// Entries of one run; ten times what we promise to handle.
constexpr std::int64_t most_entries = 1'000'000;

} // namespace

scan_stream::scan_stream(agent_client& agent, const protocol::scan_runs& request)
    : asking_(agent, request) {}

awaitable<result<std::optional<scan_record>>> scan_stream::next() {
    while (!packet_ || packet_->at_end()) {
        if (packet_ && !packet_->ok()) {
            co_return protocol::malformed_packet("scan");
        }
        auto frame = co_await asking_.next();
        if (!frame) {
            co_return frame.error();
        }
        if (frame->kind == protocol::frame_kind::reply) {
            co_return std::optional<scan_record>{};
        }
        if (frame->kind != protocol::frame_kind::data) {
            co_return protocol::malformed_packet("scan");
        }
        payload_ = std::move(frame->payload);
        packet_.emplace(payload_);
    }
    auto record = take();
    if (!record) {
        co_return record.error();
    }
    co_return std::optional(std::move(*record));
}

result<scan_record> scan_stream::take() {
    auto record = protocol::read_scan_record(*packet_);
    if (!record) {
        return record;
    }
    if (record->kind == scan_record::kind_type::begin) {
        last_path_.clear();
        entries_ = 0;
    }
    if (record->kind == scan_record::kind_type::entry) {
        if (++entries_ > most_entries) {
            return failure(errc::protocol_violation, "a run has more than 1,000,000 files");
        }
        if (compare_paths(last_path_, record->entry.path) != std::strong_ordering::less) {
            return protocol::malformed_packet("scan: its entries are not in order");
        }
        last_path_ = record->entry.path;
    }
    return record;
}

} // namespace outrider
