#include "transports/ssh/user_config.hpp"

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <functional>

namespace outrider::ssh {
namespace {

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        if (end > at) {
            words.emplace_back(text.substr(at, end - at));
        }
        at = end + 1;
    }
    return words;
}

template <class Number>
void read_number(std::string_view text, Number& into) {
    std::from_chars(text.data(), text.data() + text.size(), into);
}

bool is_yes(std::string_view value) {
    return value == "yes" || value == "true";
}
bool is_none(std::string_view value) {
    return value.empty() || value == "none";
}

/// Reads one line of `ssh -G` after the other into a configuration.
class reader {
  public:
    reader(user_config& into, const std::string& home, const std::string& real_home)
        : config_(into), home_(home), real_home_(real_home) {}

    void read(const std::string& key, const std::string& value) {
        if (const auto known = setters().find(key); known != setters().end()) {
            known->second(*this, value);
        } else if (key == "verifyhostkeydns" && is_yes(value)) {
            config_.needs_ssh_program.emplace_back("VerifyHostKeyDNS");
        } else if (const auto name = beyond().find(key);
                   name != beyond().end() && !is_none(value) && value != "no") {
            config_.needs_ssh_program.push_back(name->second);
        }
    }

  private:
    using setter = std::function<void(reader&, const std::string&)>;

    /// Options that only OpenSSH's own program honours, and how a user spells them.
    static const std::map<std::string, std::string>& beyond() {
        static const std::map<std::string, std::string> table{
            {"certificatefile", "CertificateFile"}, {"pkcs11provider", "PKCS11Provider"},
            {"revokedhostkeys", "RevokedHostKeys"}, {"knownhostscommand", "KnownHostsCommand"},
            {"proxyusefdpass", "ProxyUseFdpass"},   {"bindinterface", "BindInterface"}};
        return table;
    }

    static const std::map<std::string, setter>& setters() {
        static const std::map<std::string, setter> table{
            {"hostname", text(&user_config::host_name)},
            {"user", text(&user_config::user)},
            {"port", [](reader& r, const std::string& v) { read_number(v, r.config_.port); }},
            {"identityfile",
             [](reader& r, const std::string& v) {
                 if (v != "none") {
                     r.config_.identity_files.push_back(r.path(v));
                 }
             }},
            {"identitiesonly", flag(&user_config::identities_only)},
            {"identityagent",
             [](reader& r, const std::string& v) { r.config_.identity_agent = r.path(v); }},
            {"userknownhostsfile", files(&user_config::user_known_hosts)},
            {"globalknownhostsfile", files(&user_config::global_known_hosts)},
            {"stricthostkeychecking", text(&user_config::strict_host_key_checking)},
            {"hashknownhosts", flag(&user_config::hash_known_hosts)},
            {"hostkeyalias", text(&user_config::host_key_alias)},
            {"proxycommand", text(&user_config::proxy_command)},
            {"proxyjump", text(&user_config::proxy_jump)},
            {"connecttimeout",
             [](reader& r, const std::string& v) {
                 std::int64_t seconds = 0;
                 read_number(v, seconds);
                 if (seconds > 0) {
                     r.config_.connect_timeout = seconds;
                 }
             }},
            {"addressfamily", text(&user_config::address_family)},
            {"bindaddress", text(&user_config::bind_address)},
            {"ciphers", text(&user_config::ciphers)},
            {"kexalgorithms", text(&user_config::key_exchange)},
            {"hostkeyalgorithms", text(&user_config::host_key_algorithms)},
            {"macs", text(&user_config::macs)},
            {"pubkeyacceptedalgorithms", text(&user_config::public_key_algorithms)},
            {"preferredauthentications", text(&user_config::preferred_authentications)},
            {"pubkeyauthentication",
             [](reader& r, const std::string& v) {
                 r.config_.public_key_authentication = v != "no" && v != "false";
             }},
            {"kbdinteractiveauthentication",
             flag(&user_config::keyboard_interactive_authentication)},
            {"passwordauthentication", flag(&user_config::password_authentication)},
            {"gssapiauthentication", flag(&user_config::gssapi_authentication)},
            {"requiredrsasize",
             [](reader& r, const std::string& v) { read_number(v, r.config_.minimal_rsa_bits); }}};
        return table;
    }

    static setter text(std::string user_config::* field) {
        return [field](reader& r, const std::string& value) {
            r.config_.*field = value == "none" ? "" : value;
        };
    }
    static setter flag(bool user_config::* field) {
        return [field](reader& r, const std::string& value) { r.config_.*field = is_yes(value); };
    }
    static setter files(std::vector<std::string> user_config::* field) {
        return [field](reader& r, const std::string& value) {
            (r.config_.*field).clear();
            for (const auto& word : words_of(value)) {
                if (word != "none") {
                    (r.config_.*field).push_back(r.path(word));
                }
            }
        };
    }

    [[nodiscard]] std::string path(const std::string& value) const {
        const std::string real = real_home_ + "/.ssh/";
        if (!real_home_.empty() && value.starts_with(real)) {
            return home_ + "/.ssh/" + value.substr(real.size());
        }
        return expand_home(value, home_);
    }

    user_config& config_;
    const std::string& home_;
    const std::string& real_home_;
};

} // namespace

std::string expand_home(std::string path, const std::string& home) {
    if (path == "~") {
        return home;
    }
    return path.starts_with("~/") ? home + path.substr(1) : path;
}

const account& own_account() {
    static const account own = [] {
        std::string buffer(4096, '\0');
        passwd entry{};
        passwd* found = nullptr;
        if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
            found != nullptr) {
            return account{found->pw_dir, found->pw_name};
        }
        return account{"/", std::to_string(::getuid())};
    }();
    return own;
}

std::string home_of(const std::map<std::string, std::string>& environment) {
    const auto home = environment.find("HOME");
    return home != environment.end() && !home->second.empty() ? home->second : own_account().home;
}

user_config parse_user_config(std::string_view output, const std::string& home,
                              const std::string& real_home) {
    user_config config;
    config.identity_agent = "SSH_AUTH_SOCK";
    reader lines(config, home, real_home);
    for (std::size_t at = 0; at < output.size();) {
        const auto end = std::min(output.find('\n', at), output.size());
        const auto line = output.substr(at, end - at);
        const auto space = std::min(line.find(' '), line.size());
        const auto rest = line.substr(std::min(space + 1, line.size()));
        lines.read(std::string(line.substr(0, space)), std::string(rest));
        at = end + 1;
    }
    return config;
}

user_config default_user_config(const std::string& host, const std::string& user,
                                const std::string& home) {
    user_config config;
    config.host_name = host;
    config.user = user;
    config.identity_agent = "SSH_AUTH_SOCK";
    for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"}) {
        config.identity_files.push_back(home + "/.ssh/" + name);
    }
    config.user_known_hosts = {home + "/.ssh/known_hosts"};
    config.global_known_hosts = {"/etc/ssh/ssh_known_hosts"};
    return config;
}

} // namespace outrider::ssh
