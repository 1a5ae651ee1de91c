#include "transports/ssh/ssh_remote.hpp"

#include "engine/config/far_path.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace outrider {
namespace {

using settings_map = std::map<std::string, std::string>;

/// What `host-keys` says for each policy; nothing: the ssh configuration decides.
constexpr std::pair<std::string_view, host_key_policy> policy_words[] = {
    {"strict", host_key_policy::strict},
    {"accept-new", host_key_policy::accept_new},
    {"ask", host_key_policy::ask},
};

// ---- settings

std::optional<std::string> setting(const settings_map& from, const char* key) {
    const auto found = from.find(key);
    return found == from.end() ? std::nullopt : std::optional(found->second);
}

template <class Number>
std::optional<Number> number_setting(const settings_map& from, const char* key) {
    const auto text = setting(from, key);
    Number number{};
    const bool good =
        text &&
        std::from_chars(text->data(), text->data() + text->size(), number).ec == std::errc();
    return good ? std::optional(number) : std::nullopt;
}

void set(settings_map& into, const char* key, const std::optional<std::string>& value) {
    if (value) {
        into[key] = *value;
    }
}

settings_map settings_of(const ssh_remote& to) {
    settings_map out{{"host", to.host}};
    if (to.port) {
        out["port"] = std::to_string(*to.port);
    }
    if (to.connect_timeout) {
        out["connect-timeout"] = std::to_string(*to.connect_timeout);
    }
    set(out, "user", to.user);
    set(out, "private-key", to.private_key);
    set(out, "proxy", to.proxy);
    set(out, "known-hosts", to.known_hosts);
    set(out, "ssh-config", to.ssh_config);
    set(out, "ssh-control", to.control);
    for (const auto& [word, policy] : policy_words) {
        if (policy == to.host_keys) {
            out["host-keys"] = word;
        }
    }
    return out;
}

// ---- a spec in the place of a name

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

/// The path of the environment there is put into `environment`.
bool read_spec(std::string_view rest, ssh_remote& to, std::string& environment) {
    // The user name ends at the last '@' before any path.
    const auto at = rest.substr(0, rest.find('/')).rfind('@');
    if (at != std::string_view::npos) {
        const auto user = rest.substr(0, at);
        if (!is_sane_name(user)) {
            return false;
        }
        to.user = std::string(user);
        rest.remove_prefix(at + 1);
    }
    auto host = take_host(rest);
    if (!host || !is_sane_name(*host) || (!rest.empty() && rest.front() != ':')) {
        return false;
    }
    to.host = std::move(*host);
    if (!rest.empty() && !take_port(rest, to.port)) {
        return false;
    }
    if (!rest.empty()) {
        rest.remove_prefix(1);
        if (rest.empty()) {
            return false;
        }
        environment = std::string(rest);
    }
    return true;
}

result<> read_ssh_spec(const std::string& spec, remote& out) {
    ssh_remote to;
    std::string environment;
    if (!read_spec(spec, to, environment)) {
        return failure(errc::bad_input,
                       "invalid ssh spec '" + spec +
                           "' - expected format [USER@]HOST[:PORT][:ENV_PATH] (IPv6 addresses in "
                           "brackets)");
    }
    if (!environment.empty()) {
        // No setting of the type: every remote has it.
        auto path = read_far_path(environment);
        if (!path) {
            return failure(path.error().code,
                           "invalid ssh spec '" + spec + "': " + path.error().context);
        }
        out.venv_path = std::move(*path);
        out.guild_home = out.venv_path + "/.guild";
    }
    out.settings = settings_of(to);
    return {};
}

// ---- for people

std::string host_of(const remote& to) {
    return setting(to.settings, "host").value_or("");
}

std::string ssh_command(const remote& to) {
    const auto there = ssh_remote_of(to);
    std::string command = "ssh";
    if (there.port) {
        command += " -p " + std::to_string(*there.port);
    }
    return command + " " + (there.user ? *there.user + "@" : "") + there.host;
}

} // namespace

const remote_type& ssh_remote_type() {
    static const remote_type type{
        .name = "ssh",
        .keys = {{.name = "host", .kind = key_kind::name, .required = true},
                 {.name = "port", .kind = key_kind::number, .least = 1, .most = 65535},
                 {.name = "user"},
                 {.name = "private-key", .kind = key_kind::local_path},
                 {.name = "proxy"},
                 {.name = "connect-timeout", .kind = key_kind::number, .least = 1, .most = 86400},
                 {.name = "known-hosts", .kind = key_kind::local_path},
                 {.name = "host-keys",
                  .kind = key_kind::choice,
                  .words = {"strict", "accept-new", "ask"}},
                 {.name = "ssh-config", .kind = key_kind::local_path, .words = {"none"}},
                 {.name = "ssh-control", .kind = key_kind::local_path}},
        .here = false,
        .bounded_streams = true,
        .inline_form = "[USER@]HOST[:PORT][:ENV_PATH]",
        .read_inline = read_ssh_spec,
        .address_of = host_of,
        .by_hand = ssh_command};
    return type;
}

ssh_remote ssh_remote_of(const remote& to) {
    const settings_map& from = to.settings;
    ssh_remote out{.name = to.name, .host = host_of(to)};
    out.port = number_setting<std::uint16_t>(from, "port");
    out.user = setting(from, "user");
    out.private_key = setting(from, "private-key");
    out.proxy = setting(from, "proxy");
    out.connect_timeout = number_setting<std::int64_t>(from, "connect-timeout");
    out.known_hosts = setting(from, "known-hosts");
    out.ssh_config = setting(from, "ssh-config");
    out.control = setting(from, "ssh-control");
    const auto words = setting(from, "host-keys");
    for (const auto& [word, policy] : policy_words) {
        if (words == word) {
            out.host_keys = policy;
        }
    }
    return out;
}

remote remote_of(const ssh_remote& to) {
    remote out{.name = to.name, .type = std::string(ssh_remote_type().name)};
    out.settings = settings_of(to);
    out.address = to.host;
    return out;
}

} // namespace outrider
