#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/events.hpp"
#include "engine/core/result.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Commands and events as JSON: what travels between a service and its clients, ours and those of
/// other people. Always valid UTF-8; strings that are not are written as wire_text.hpp says. An
/// unknown member is ignored and a missing one keeps its default; an unknown name, or a member of
/// the wrong type, is `bad_input`.
namespace outrider {

/// Longer texts are refused: an environment has at most 2 MiB, a listing of 10,000 runs about 5.
inline constexpr std::size_t most_api_json = std::size_t{64} << 20;

struct command_request {
    command what;
    command_context context;
    bool finishes_texts =
        false; ///< the client replaces `{program}` in texts, see finished_text.hpp
};
/// `{"command": "list", "arguments": {…}, "context": {…}, "finishes_texts": true}`, of a client
/// that knows by which name it was called.
[[nodiscard]] std::string command_text(const command& what, const command_context& context);
/// Reads that. What the context leaves out is as in `usual`.
[[nodiscard]] result<command_request> read_command(std::string_view text, command_context usual);

struct told_event {
    event what;
    std::string remote;                      ///< as `command_client::tell` has it
    std::optional<std::int64_t> question_id; ///< of a question: names it in its answer
};
/// `{"event": "runs_listed", "remote": "…", "data": {…}}` and a line feed; of a question also `id`.
[[nodiscard]] std::string event_line(const event& what, const std::string& remote,
                                     std::optional<std::int64_t> question_id = {});
/// Reads that.
[[nodiscard]] result<told_event> read_event_line(std::string_view line);

/// `{"code": "not_found", "message": "…"}`
[[nodiscard]] boost::json::object failure_json(const failure& why);

/// Parses a text of the API; `bad_input` where it is no JSON, too long or too deep. The strings are
/// what was sent.
[[nodiscard]] result<boost::json::value> parse_api_json(std::string_view text);
/// A value as text on one line, without line feed.
[[nodiscard]] std::string api_json_text(boost::json::value value);

} // namespace outrider
