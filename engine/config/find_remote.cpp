#include "engine/config/config.hpp"
#include "engine/config/inline_remote.hpp"
#include "engine/text/path_text.hpp"

#include <boost/json/serialize.hpp>

#include <charconv>
#include <filesystem>
#include <limits>

namespace outrider {
namespace {

namespace json = boost::json;

/// Reads the keys of one remote; the first thing that does not make sense is kept as the failure.
class remote_reader {
  public:
    remote_reader(const config& from, std::string name, const json::object& data)
        : from_(from), data_(data), name_(std::move(name)) {}

    std::optional<std::string> text(const char* key) {
        const auto* value = data_.if_contains(key);
        if (value == nullptr || value->is_null()) {
            return std::nullopt;
        }
        if (value->is_array() || value->is_object()) {
            fail(key, "must be text");
            return std::nullopt;
        }
        return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
    }
    std::string text_or_empty(const char* key) { return text(key).value_or(""); }

    std::optional<std::int64_t> number(const char* key, std::int64_t least, std::int64_t most) {
        const auto value = text(key);
        if (!value) {
            return std::nullopt;
        }
        std::int64_t out = 0;
        const char* end = value->data() + value->size();
        const auto got = std::from_chars(value->data(), end, out);
        if (got.ec != std::errc() || got.ptr != end || out < least || out > most) {
            fail(key, "must be a number from " + std::to_string(least) + " to " +
                          std::to_string(most) + ", not '" + *value + "'");
        }
        return out;
    }

    bool boolean(const char* key) {
        const auto* value = data_.if_contains(key);
        if (value == nullptr || value->is_null()) {
            return false;
        }
        if (!value->is_bool()) {
            fail(key, "must be yes or no");
            return false;
        }
        return value->get_bool();
    }

    /// A path on this machine: `~` and `$VAR` expanded, relative to the configuration's directory.
    std::optional<std::string> local_path(const char* key) {
        const auto value = text(key);
        if (!value) {
            return std::nullopt;
        }
        return absolute_path(expand_variables(*value, from_.environment),
                             std::filesystem::path(from_.path).parent_path().string(), from_.home);
    }

    void fail(const char* key, const std::string& why) {
        if (!failed_) {
            failed_ = failure(errc::bad_input, "remote " + name_ + ": " + key + " " + why +
                                                   " (in " + from_.path + ")");
        }
    }
    [[nodiscard]] const std::optional<failure>& failed() const { return failed_; }

  private:
    const config& from_;
    const json::object& data_;
    std::string name_;
    std::optional<failure> failed_;
};

std::string far_guild_home(remote_reader& in, const remote& to) {
    if (auto home = in.text("guild-home")) {
        return *home;
    }
    if (!to.conda_env.empty()) {
        if (to.conda_env.find('/') == std::string::npos) {
            in.fail("conda-env", "is a name, not a path, and so guild-home is needed as well");
        }
        return to.conda_env + "/.guild";
    }
    return to.venv_path.empty() ? ".guild" : to.venv_path + "/.guild";
}

host_key_policy read_host_keys(remote_reader& in) {
    const auto text = in.text("host-keys");
    if (!text) {
        return host_key_policy::inherit;
    }
    if (*text == "strict") {
        return host_key_policy::strict;
    }
    if (*text == "accept-new") {
        return host_key_policy::accept_new;
    }
    if (*text != "ask") {
        // Never ignored: a typing error here would weaken the check.
        in.fail("host-keys", "must be strict, accept-new or ask, not '" + *text + "'");
    }
    return host_key_policy::ask;
}

void read_ssh(remote_reader& in, remote& out) {
    out.host = in.text_or_empty("host");
    if (out.host.starts_with('-')) {
        in.fail("host", "must not begin with '-'");
    }
    if (const auto port = in.number("port", 1, 65535)) {
        out.port = static_cast<std::uint16_t>(*port);
    }
    out.user = in.text("user");
    out.private_key = in.local_path("private-key");
    out.proxy = in.text("proxy");
    out.connect_timeout = in.number("connect-timeout", 1, 86400);
    out.known_hosts = in.local_path("known-hosts");
    out.host_keys = read_host_keys(in);
    out.ssh_config =
        in.text("ssh-config") == "none" ? std::optional("none") : in.local_path("ssh-config");
}

failure not_defined(const std::string& name) {
    return {errc::not_found, "remote " + name +
                                 " is not defined\nShow remotes by running '{program} remotes' or "
                                 "'{program} remotes --help' for more information."};
}

result<remote> read_remote(const config& from, const std::string& name, const json::object& data) {
    remote_reader in(from, name, data);
    remote out{.name = name};
    out.type = in.text_or_empty("type");
    if (out.type.empty()) {
        return failure(errc::bad_input, "remote " + name + " is missing required config: type");
    }
    if (out.type != "ssh" && out.type != "local") {
        return failure(errc::unsupported, "remote " + name + " has unsupported type: " + out.type);
    }
    out.description = in.text_or_empty("description");
    out.venv_path = in.text("venv-path").value_or(in.text_or_empty("guild-env"));
    out.venv_activate = in.text_or_empty("venv-activate");
    out.conda_env = in.text_or_empty("conda-env");
    out.use_prerelease = in.boolean("use-prerelease");
    out.init = in.text_or_empty("init");
    out.guild_home = far_guild_home(in, out);
    if (out.type == "ssh") {
        read_ssh(in, out);
    } else if (auto home = in.local_path("guild-home")) {
        out.guild_home = *home;
    }
    if (in.failed()) {
        return *in.failed();
    }
    if (out.type == "ssh" && out.host.empty()) {
        return failure(errc::bad_input, "remote " + name + " is missing required config: host");
    }
    return out;
}

} // namespace

result<remote> find_remote(const config& from, const std::string& name) {
    if (const auto* section = from.data.if_contains("remotes");
        section != nullptr && !section->is_null()) {
        if (!section->is_object()) {
            return failure(errc::bad_input, from.path + ": 'remotes' must be a mapping of names");
        }
        if (const auto* data = section->get_object().if_contains(name)) {
            if (!data->is_object()) {
                return failure(errc::bad_input,
                               from.path + ": remote " + name + " must be a mapping");
            }
            return read_remote(from, name, data->get_object());
        }
    }
    if (name.find(':') != std::string::npos) {
        return parse_inline_remote(name);
    }
    return not_defined(name);
}

} // namespace outrider
