#include "engine/protocol/described_json.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/messages.hpp"
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
                         list_files, file_head, file_end, files_end, send_reply, send_files,
                         receive_reply, receive_files, package_state, find_package, file_content,
                         read_file, copy_state_reply, mark_copy>;

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

} // namespace outrider::fuzz
