#include "transports/http/access_check.hpp"

#include "transports/http/secret.hpp"

namespace outrider {
namespace {

http_answer of_another_site() {
    return error_answer(403, "permission_denied", "requests of other web sites are refused");
}

// A browser adds the cookie to whatever any page asks for, so it says less than the token does: the
// request has to come from a page of this very address, or from no page where it changes nothing.
bool is_own_request(const http_request& asked) {
    const bool changes = (asked.method != "GET" && asked.method != "HEAD") || asked.upgrade;
    const bool same_origin = asked.origin == "http://" + asked.host;
    const bool of_other_page = !asked.fetch_site.empty() && asked.fetch_site != "same-origin" &&
                               asked.fetch_site != "none";
    return (same_origin || (asked.origin.empty() && !changes)) && !of_other_page;
}

} // namespace

bool access_check::is_here(std::string_view authority) const {
    return authority == "127.0.0.1:" + port_ || authority == "localhost:" + port_;
}

std::optional<http_answer> access_check::refusal(const http_request& asked, bool open,
                                                 bool logged_in) const {
    if (!is_here(asked.host)) {
        return error_answer(403, "permission_denied",
                            "the header Host names another machine than 127.0.0.1 or localhost");
    }
    constexpr std::string_view scheme = "http://";
    if (!asked.origin.empty() &&
        !(asked.origin.starts_with(scheme) && is_here(asked.origin.substr(scheme.size())))) {
        return of_another_site();
    }
    constexpr std::string_view bearer = "Bearer ";
    const std::string_view given = asked.authorization;
    if (open || (given.starts_with(bearer) && same_secret(given.substr(bearer.size()), token_))) {
        return std::nullopt;
    }
    if (logged_in && given.empty()) {
        return is_own_request(asked) ? std::optional<http_answer>() : of_another_site();
    }
    auto answer = error_answer(401, "authentication_failed",
                               "the header 'Authorization: Bearer TOKEN' is missing or wrong\n"
                               "In a browser use the link that '{program} serve status' shows");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
}

} // namespace outrider
