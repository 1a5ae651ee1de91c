#include "transports/ssh/config_tokens.hpp"

#include "transports/ssh/user_config.hpp"

#include <openssl/evp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

namespace outrider::ssh {
namespace {

std::string own_host_name() {
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    return name;
}

/// %C: the hash of %l%h%p%r, in hexadecimal digits.
std::string connection_hash(const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (unsigned int at = 0; at < size; ++at) {
        out += digits[digest[at] >> 4];
        out += digits[digest[at] & 15];
    }
    return out;
}

/// The home directory of a user in the password database.
result<std::string> home_of_user(const std::string& name) {
    std::string buffer(4096, '\0');
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
        found == nullptr) {
        return failure(errc::bad_input, "there is no user " + name + " on this machine");
    }
    return std::string(found->pw_dir);
}

} // namespace

config_tokens::config_tokens(const user_config& config, const std::string& original_host,
                             const std::string& home)
    : home_(home) {
    const std::string own_name = own_host_name();
    const std::string port = std::to_string(config.port);
    values_ = {{'%', "%"},
               {'h', config.host_name},
               {'n', original_host},
               {'p', port},
               {'r', config.user},
               {'d', home},
               {'u', own_account().name},
               {'l', own_name},
               {'L', own_name.substr(0, own_name.find('.'))},
               {'i', std::to_string(::getuid())},
               {'j', config.proxy_jump},
               {'k', config.host_key_alias.empty() ? original_host : config.host_key_alias}};
    if (config.proxy_jump.empty()) {
        // Newer versions hash the jump hosts as well: with one, the value depends on the version.
        values_['C'] = connection_hash(own_name + config.host_name + port + config.user);
    }
}

result<std::string> config_tokens::replace(std::string_view text,
                                           const variables* environment) const {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%') {
            const auto value = ++at < text.size() ? values_.find(text[at]) : values_.end();
            if (value == values_.end()) {
                return failure(errc::unsupported, "an unknown % token in it");
            }
            out += value->second;
        } else if (environment != nullptr && text.substr(at).starts_with("${")) {
            const auto end = text.find('}', at);
            const auto name = text.substr(at + 2, end == text.npos ? end : end - at - 2);
            const auto value = environment->find(std::string(name));
            if (end == text.npos || value == environment->end()) {
                return failure(errc::bad_input,
                               "the variable ${" + std::string(name) + "} in it is not set");
            }
            out += value->second;
            at = end;
        } else {
            out += text[at];
        }
    }
    return out;
}

result<std::string> config_tokens::expand(std::string_view text) const {
    return replace(text, nullptr);
}

result<std::string> config_tokens::expand_path(const std::string& text,
                                               const variables& environment) const {
    if (!text.starts_with('~')) {
        return replace(text, &environment);
    }
    const auto end = std::min(text.find('/'), text.size());
    const auto user = text.substr(1, end - 1);
    const auto home = user.empty() ? result<std::string>(home_) : home_of_user(user);
    const auto rest = home ? replace(std::string_view(text).substr(end), &environment) : home;
    return rest ? result<std::string>(*home + *rest) : rest;
}

result<std::string> expand_tokens(const std::string& command, const user_config& config,
                                  const std::string& original_host, const std::string& home) {
    auto out = config_tokens(config, original_host, home).expand(command);
    if (!out) {
        return failure(out.error().code, "ProxyCommand '" + command + "': " + out.error().context);
    }
    return out;
}

} // namespace outrider::ssh
