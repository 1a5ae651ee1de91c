#include "engine/json/described_json.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/protocol/packet.hpp"
#include "engine/protocol/sync_messages.hpp"
#include "tests/fuzz/entry_points.hpp"

#include <boost/mp11.hpp>

#include <algorithm>
#include <string>

namespace outrider::fuzz {
namespace {

using namespace protocol;

using every_message =
    boost::mp11::mp_list<hello, failure_message, pong, ping, run_batch, run_list, list_runs,
                         start_reply, start_run, stop_reply, stop_run, follow_end, follow_output,
                         output_restarted, delete_reply, delete_runs, file_batch, file_list,
                         list_files, scan_reply, scan_runs, send_totals, send_runs, send_begin,
                         receive_totals, receive_runs, receive_begin, receive_marks, run_received,
                         runs_changed, watch_run_files, package_state, find_package, required_runs,
                         find_required_runs, file_content, read_file, abandoned, abandon_copy>;

/// The frames of a stream that comes in pieces of this size, and whether it broke the rules.
std::string taken_apart(std::string_view bytes, std::size_t piece) {
    frame_reader reader;
    std::string told;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        reader.feed(bytes.substr(at, piece));
        for (;;) {
            auto next = reader.next();
            if (!next) {
                return told + "malformed";
            }
            if (!*next) {
                break;
            }
            require((*next)->payload.size() <= max_payload, "a payload is bounded");
            append_frame(told, (*next)->kind, (*next)->request, (*next)->payload);
        }
    }
    return told;
}

/// The records that can be read from a packet, written into one.
template <class Record>
std::string rewritten(std::string_view bytes, result<Record> (*read)(packet_reader&)) {
    packet_reader in(bytes);
    packet_writer out(in.kind());
    while (in.ok() && !in.at_end()) {
        const auto record = read(in);
        if (!record) {
            break;
        }
        write_record(out, *record);
    }
    return std::string(out.payload());
}

template <class Record>
void records(std::string_view bytes, result<Record> (*read)(packet_reader&)) {
    const auto once = rewritten(bytes, read);
    require(once == rewritten(once, read), "a record survives the wire");
}

} // namespace

void frames(std::string_view bytes) {
    const auto whole = taken_apart(bytes, std::max<std::size_t>(bytes.size(), 1));
    require(whole == taken_apart(bytes, 1), "frames do not depend on how bytes arrive");
}

void messages(std::string_view bytes) {
    boost::mp11::mp_for_each<every_message>([&](auto message) {
        using type = decltype(message);
        if (const auto read = decode<type>(bytes)) {
            const std::string text = encode(*read);
            const auto again = decode<type>(text);
            require(again.has_value() && encode(*again) == text, "a message survives the wire");
        }
    });
}

void packets(std::string_view bytes) {
    records(bytes, &read_scan_record);
    records(bytes, &read_file_order);
    records(bytes, &read_content_record);
    records(bytes, &read_signature_record);
    packet_reader credit(bytes);
    std::ignore = read_credit(credit);
    packet_reader ack(bytes);
    std::ignore = read_ack(ack);
}

} // namespace outrider::fuzz
