#include "engine/config/inline_remote.hpp"

#include <charconv>
#include <optional>
#include <string_view>

namespace outrider {
namespace {

// What a shell, an option parser or a log line would trip over is in no host or user name.
bool is_sane_name(std::string_view text) {
    return !text.empty() && text.front() != '-' &&
           text.find_first_of(" \t\r\n'\"`$;&|<>()!*?#") == std::string_view::npos;
}

/// Takes `[ADDRESS]` or everything before ':' off the front.
std::optional<std::string> take_host(std::string_view& rest) {
    if (rest.starts_with('[')) {
        const auto end = rest.find(']');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        const auto address = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        const bool address_like = address.find(':') != std::string_view::npos;
        return address_like ? std::optional<std::string>(address) : std::nullopt;
    }
    const auto end = std::min(rest.find(':'), rest.size());
    const auto host = rest.substr(0, end);
    rest.remove_prefix(end);
    return host.find_first_of("/[]") == std::string_view::npos ? std::optional<std::string>(host)
                                                               : std::nullopt;
}

/// Takes `:DIGITS` off the front if the text goes on with ':' or ends after them. False: no port.
bool take_port(std::string_view& rest, std::optional<std::uint16_t>& port) {
    const auto end = std::min(rest.find(':', 1), rest.size());
    const auto digits = rest.substr(1, end - 1);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
        return true; // an environment path
    }
    std::uint16_t number = 0;
    const auto got = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (got.ec != std::errc() || number == 0) {
        return false;
    }
    port = number;
    rest.remove_prefix(end);
    return true;
}

bool read_spec(std::string_view rest, remote& out) {
    // The user name ends at the last '@' before any path.
    const auto at = rest.substr(0, rest.find('/')).rfind('@');
    if (at != std::string_view::npos) {
        const auto user = rest.substr(0, at);
        if (!is_sane_name(user)) {
            return false;
        }
        out.user = std::string(user);
        rest.remove_prefix(at + 1);
    }
    auto host = take_host(rest);
    if (!host || !is_sane_name(*host) || (!rest.empty() && rest.front() != ':')) {
        return false;
    }
    out.host = std::move(*host);
    if (!rest.empty() && !take_port(rest, out.port)) {
        return false;
    }
    if (!rest.empty()) {
        rest.remove_prefix(1);
        if (rest.empty()) {
            return false;
        }
        out.venv_path = std::string(rest);
        out.guild_home = out.venv_path + "/.guild";
    }
    return true;
}

} // namespace

result<remote> parse_inline_remote(const std::string& text) {
    const auto colon = text.find(':');
    const std::string type = text.substr(0, colon);
    if (type != "ssh") {
        return failure(errc::not_found,
                       "unknown remote type '" + type +
                           "'\nShow remotes by running '{program} remotes', or name one in place "
                           "as ssh:[USER@]HOST[:PORT][:ENV_PATH].");
    }
    const std::string spec = text.substr(colon + 1);
    remote out{.name = spec, .type = type};
    if (!read_spec(spec, out)) {
        return failure(errc::bad_input,
                       "invalid ssh spec '" + spec +
                           "' - expected format [USER@]HOST[:PORT][:ENV_PATH] (IPv6 addresses in "
                           "brackets)");
    }
    return out;
}

} // namespace outrider
