#include "transports/ssh/proxy_jump.hpp"

#include <algorithm>
#include <charconv>

namespace outrider::ssh {

result<jump_host> parse_jump_host(std::string_view text) {
    const failure nonsense(errc::bad_input, "ProxyJump '" + std::string(text) + "' makes no sense");
    jump_host hop;
    if (text.starts_with("ssh://")) {
        text.remove_prefix(6);
    }
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        hop.user = text.substr(0, at);
        text.remove_prefix(at + 1);
    }
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return nonsense;
        }
        hop.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        hop.host = text.substr(0, colon);
        port = text.substr(colon);
    }
    if (!port.empty()) {
        std::uint16_t number = 0;
        const auto* last = port.data() + port.size();
        const auto [end, error] = std::from_chars(port.data() + 1, last, number);
        if (port[0] != ':' || error != std::errc() || end != last) {
            return nonsense;
        }
        hop.port = number;
    }
    if (hop.host.empty()) {
        return nonsense;
    }
    return hop;
}

proxy_jump split_proxy_jump(const std::string& list) {
    const auto comma = list.rfind(',');
    if (comma == std::string::npos) {
        return {.before = {}, .neighbour = list};
    }
    return {.before = list.substr(0, comma), .neighbour = list.substr(comma + 1)};
}

} // namespace outrider::ssh
