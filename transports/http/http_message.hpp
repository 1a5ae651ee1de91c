#pragma once

#include "engine/core/result.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace outrider {

/// A request as the routes see it.
struct http_request {
    std::string method; ///< "GET"
    std::string target; ///< path and query as they were sent
    std::string body;
    std::string host;          ///< the headers that decide something
    std::string origin;        ///< empty: none was sent
    std::string authorization; ///< empty: none was sent
    std::string cookie;        ///< all of them; empty: none was sent
    std::string fetch_site;    ///< Sec-Fetch-Site, by which a browser says whose page asks
    bool upgrade = false;      ///< asks for a WebSocket
};

/// An answer that is sent as a whole.
struct http_answer {
    int status = 200;
    std::string body;
    std::string type = "application/json"; ///< empty: there is no body that has one
    std::vector<std::pair<std::string, std::string>> headers = {}; ///< beside type and length
};

[[nodiscard]] http_answer json_answer(boost::json::value body, int status = 200);
/// `{"error": {"code", "message"}}`, the message finished: `{program}` is "outrider".
[[nodiscard]] http_answer error_answer(int status, const std::string& code,
                                       const std::string& message);
/// The same of a failure, with the status that fits its code.
[[nodiscard]] http_answer error_answer(const failure& why);
/// The status that fits a code: what the client did wrong is 4xx, what a machine behind the service
/// did is 502 or 504.
[[nodiscard]] int http_status_of(errc kind) noexcept;
/// Whether a body follows the head: never in an answer to HEAD, nor with 1xx, 204 and 304 (RFC
/// 9112, 6.3). What was sent nevertheless would be taken for the next answer.
[[nodiscard]] bool carries_body(std::string_view method, int status) noexcept;
/// Whether the head may say how long the body is, or would be (RFC 9110, 8.6).
[[nodiscard]] bool tells_length(int status) noexcept;
/// The words that stand beside a status.
[[nodiscard]] const char* reason_phrase(int status) noexcept;

} // namespace outrider
