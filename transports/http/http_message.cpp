#include "transports/http/http_message.hpp"

#include "engine/api/api_json.hpp"
#include "engine/text/finished_text.hpp"

#include <boost/json.hpp>

namespace outrider {

http_answer json_answer(boost::json::value body, int status) {
    return {.status = status, .body = api_json_text(std::move(body)) + '\n'};
}

http_answer error_answer(int status, const std::string& code, const std::string& message) {
    return json_answer({{"error", {{"code", code}, {"message", finished_text(message)}}}}, status);
}

http_answer error_answer(const failure& why) {
    return json_answer({{"error", failure_json({why.code, finished_text(why.context)})}},
                       http_status_of(why.kind()));
}

int http_status_of(errc kind) noexcept {
    switch (kind) {
    case errc::bad_input:
    case errc::bad_project:
    case errc::ambiguous:
        return 400;
    case errc::permission_denied:
        return 403;
    case errc::not_found:
        return 404;
    case errc::conflict:
    case errc::no_free_slot:
    case errc::aborted:
    case errc::cancelled:
        return 409;
    case errc::unsupported:
        return 501;
    case errc::timed_out:
        return 504;
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::authentication_failed:
    case errc::host_key_unknown:
    case errc::host_key_changed:
    case errc::agent_unusable:
    case errc::protocol_violation:
    case errc::failed_in_part:
    case errc::unreachable_in_part:
        return 502;
    case errc::no_space:
        return 507;
    case errc::io_failed:
    case errc::start_failed:
    case errc::internal:
        break;
    }
    return 500;
}

bool carries_body(std::string_view method, int status) noexcept {
    return method != "HEAD" && status != 304 && tells_length(status);
}

bool tells_length(int status) noexcept {
    return status >= 200 && status != 204;
}

const char* reason_phrase(int status) noexcept {
    switch (status) {
    case 200:
        return "OK";
    case 202:
        return "Accepted";
    case 303:
        return "See Other";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 413:
        return "Content Too Large";
    case 426:
        return "Upgrade Required";
    case 431:
        return "Request Header Fields Too Large";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 507:
        return "Insufficient Storage";
    default:
        return "Internal Server Error";
    }
}

} // namespace outrider
