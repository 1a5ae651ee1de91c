#include "engine/api/api_json.hpp"
#include "engine/api/wire_text.hpp"
#include "tests/fuzz/entry_points.hpp"
#include "transports/http/http_reply.hpp"
#include "transports/http/request_target.hpp"
#include "transports/http/routes.hpp"

#include <string>

namespace outrider::fuzz {

void api(std::string_view bytes) {
    const auto asked = read_command(bytes, {.directory = "/"});
    if (asked) {
        const auto text = command_text(asked->what, asked->context);
        require(is_utf8(text), "what is written is UTF-8");
        const auto again = read_command(text, {});
        require(again.has_value(), "a command that was read is read again");
        require(command_text(again->what, again->context) == text, "and is the same");
    }
    const auto told = read_event_line(bytes);
    if (told) {
        const auto line = event_line(told->what, told->remote, told->question_id);
        require(is_utf8(line), "what is written is UTF-8");
        require(line.find('\n') == line.size() - 1, "an event is one line");
        const auto again = read_event_line(line);
        require(again.has_value(), "an event that was read is read again");
        require(event_line(again->what, again->remote, again->question_id) == line,
                "and is the same");
    }
    require(from_wire(to_wire(bytes)) == std::string(bytes), "bytes come back");
}

void targets(std::string_view bytes) {
    const auto target = read_target(bytes);
    if (!target) {
        return;
    }
    std::ignore = find_route("GET", *target);
    std::string rebuilt = "/";
    for (const auto& segment : target->path) {
        rebuilt += (rebuilt.size() > 1 ? "/" : "") + percent_encoded(segment);
    }
    const auto again = read_target(rebuilt);
    require(again && again->path.size() <= target->path.size(), "a path can be written again");
}

void replies(std::string_view bytes) {
    const auto read_in = [&](std::size_t piece) {
        http_reply reply;
        std::string body;
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            if (!reply.feed(bytes.substr(at, piece),
                            [&](std::string_view part) { body += part; })) {
                return std::string("broken");
            }
        }
        return std::to_string(reply.status()) + (reply.ended() ? "." : "…") + body;
    };
    if (!bytes.empty()) {
        require(read_in(bytes.size()) == read_in(1), "pieces make no difference");
    }
}

} // namespace outrider::fuzz
