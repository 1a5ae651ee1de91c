#include "transports/http/access_check.hpp"

namespace outrider {
namespace {

// Takes as long whatever the first difference is, so that time tells nothing about the token.
bool same_secret(std::string_view given, std::string_view secret) {
    unsigned difference = given.size() == secret.size() ? 0U : 1U;
    for (std::size_t i = 0; i < given.size() && !secret.empty(); ++i) {
        difference |= static_cast<unsigned char>(given[i] ^ secret[i % secret.size()]);
    }
    return difference == 0;
}

} // namespace

bool access_check::is_here(std::string_view authority) const {
    const auto port = ":" + std::to_string(port_);
    return authority == "127.0.0.1" + port || authority == "localhost" + port;
}

std::optional<http_answer> access_check::refusal(const http_request& asked, bool open) const {
    if (!is_here(asked.host)) {
        return error_answer(403, "permission_denied",
                            "the header Host names another machine than 127.0.0.1 or localhost");
    }
    constexpr std::string_view scheme = "http://";
    if (!asked.origin.empty() &&
        !(asked.origin.starts_with(scheme) && is_here(asked.origin.substr(scheme.size())))) {
        return error_answer(403, "permission_denied", "requests of other web sites are refused");
    }
    constexpr std::string_view bearer = "Bearer ";
    const std::string_view given = asked.authorization;
    if (!open && (!given.starts_with(bearer) || token_.empty() ||
                  !same_secret(given.substr(bearer.size()), token_))) {
        auto answer = error_answer(401, "authentication_failed",
                                   "the header 'Authorization: Bearer TOKEN' is missing or wrong");
        answer.headers.emplace_back("WWW-Authenticate", "Bearer");
        return answer;
    }
    return std::nullopt;
}

} // namespace outrider
