#include "transports/http/browser_logins.hpp"

#include "transports/http/secret.hpp"

#include <algorithm>

namespace outrider {

result<std::string> browser_logins::add_code(time_point now) {
    drop_old(codes_, now);
    return add(codes_, most_codes, now + code_life);
}

result<std::string> browser_logins::take_code(std::string_view code, time_point now) {
    drop_old(codes_, now);
    const auto spent =
        std::erase_if(codes_, [&](const ticket& each) { return same_secret(code, each.secret); });
    if (spent == 0) {
        return failure(errc::authentication_failed, "this link was used before, or is too old\n"
                                                    "For another one use '{program} serve status'");
    }
    drop_old(sessions_, now);
    return add(sessions_, most_sessions, now + session_life);
}

bool browser_logins::knows(std::string_view session, time_point now) {
    drop_old(sessions_, now);
    bool known = false;
    for (auto& each : sessions_) {
        if (same_secret(session, each.secret)) {
            each.until = now + session_life;
            known = true;
        }
    }
    return known;
}

void browser_logins::drop_old(std::vector<ticket>& tickets, time_point now) {
    std::erase_if(tickets, [&](const ticket& each) { return each.until <= now; });
}

result<std::string> browser_logins::add(std::vector<ticket>& tickets, std::size_t most,
                                        time_point until) {
    auto secret = new_secret();
    if (!secret) {
        return secret.error();
    }
    if (tickets.size() >= most) {
        tickets.erase(tickets.begin());
    }
    tickets.push_back({.secret = *secret, .until = until});
    return secret;
}

std::vector<std::string_view> cookies_in(std::string_view header, std::string_view name) {
    std::vector<std::string_view> values;
    while (!header.empty()) {
        auto pair = header.substr(0, header.find(';'));
        header.remove_prefix(std::min(header.size(), pair.size() + 1));
        pair.remove_prefix(std::min(pair.size(), pair.find_first_not_of(' ')));
        const auto equals = pair.find('=');
        if (equals != pair.npos && pair.substr(0, equals) == name) {
            values.push_back(pair.substr(equals + 1));
        }
    }
    return values;
}

} // namespace outrider
