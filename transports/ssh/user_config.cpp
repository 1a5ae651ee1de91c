#include "transports/ssh/user_config.hpp"

#include "transports/ssh/config_meaning.hpp"
#include "transports/ssh/name_pattern.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include <charconv>
#include <functional>

namespace outrider::ssh {
namespace {

template <class Number>
void read_number(std::string_view text, Number& into) {
    std::from_chars(text.data(), text.data() + text.size(), into);
}

bool is_yes(std::string_view value) {
    return value == "yes" || value == "true";
}
bool is_none(std::string_view value) {
    return value.empty() || lower_case(value) == "none";
}

/// Options whose words `ssh -G` prints in a form that needs more than the word itself.
struct unread_words {
    std::vector<std::string> identity_files;
    std::string user_known_hosts;
    std::string global_known_hosts;
};

/// Reads one line of `ssh -G` after the other into a configuration.
class reader {
  public:
    reader(user_config& into, unread_words& later) : config_(into), later_(later) {}

    void read(const std::string& key, const std::string& value) {
        if (const auto known = setters().find(key); known != setters().end()) {
            known->second(*this, value);
        } else if (key == "certificatefile") {
            // `none` names no certificate, and still keeps those beside the keys from being used.
            config_.certificates_beside_keys = false;
            if (!is_none(value)) {
                config_.needs_ssh_program.emplace_back("CertificateFile");
            }
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
            {"pkcs11provider", "PKCS11Provider"},
            {"revokedhostkeys", "RevokedHostKeys"},
            {"knownhostscommand", "KnownHostsCommand"},
            {"proxyusefdpass", "ProxyUseFdpass"},
            {"bindinterface", "BindInterface"}};
        return table;
    }

    static const std::map<std::string, setter>& setters() {
        static const std::map<std::string, setter> table{
            {"hostname", text(&user_config::host_name)},
            {"user", text(&user_config::user)},
            {"port", [](reader& r, const std::string& v) { read_number(v, r.config_.port); }},
            {"identityfile",
             [](reader& r, const std::string& v) {
                 if (!is_none(v)) {
                     r.later_.identity_files.push_back(v);
                 }
             }},
            {"identitiesonly", flag(&user_config::identities_only)},
            {"identityagent", text(&user_config::identity_agent)},
            {"userknownhostsfile",
             [](reader& r, const std::string& v) { r.later_.user_known_hosts = v; }},
            {"globalknownhostsfile",
             [](reader& r, const std::string& v) { r.later_.global_known_hosts = v; }},
            {"stricthostkeychecking", text(&user_config::strict_host_key_checking)},
            {"hashknownhosts", flag(&user_config::hash_known_hosts)},
            {"hostkeyalias", text(&user_config::host_key_alias)},
            {"proxycommand", text_or_none(&user_config::proxy_command)},
            {"proxyjump", text_or_none(&user_config::proxy_jump)},
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
            {"hostbasedauthentication", flag(&user_config::host_based_authentication)},
            {"requiredrsasize",
             [](reader& r, const std::string& v) { read_number(v, r.config_.minimal_rsa_bits); }}};
        return table;
    }

    // Where ssh_config(5) does not say that `none` is special, it is a name as any other.
    static setter text(std::string user_config::* field) {
        return [field](reader& r, const std::string& value) { r.config_.*field = value; };
    }
    static setter text_or_none(std::string user_config::* field) {
        return [field](reader& r, const std::string& value) {
            r.config_.*field = is_none(value) ? "" : value;
        };
    }
    static setter flag(bool user_config::* field) {
        return [field](reader& r, const std::string& value) { r.config_.*field = is_yes(value); };
    }

    user_config& config_;
    unread_words& later_;
};

/// Puts the meaning of what was left into the configuration.
result<> read_meaning(const unread_words& later, const config_surroundings& around,
                      user_config& config) {
    const config_meaning meaning(config, around);
    for (const auto& text :
         around.key_is_named ? std::vector<std::string>() : later.identity_files) {
        auto path = meaning.identity_file(text);
        if (!path) {
            return path.error();
        }
        config.identity_files.push_back(std::move(*path));
    }
    if (!around.known_hosts_are_named) {
        auto own = meaning.user_known_hosts(later.user_known_hosts);
        auto global = meaning.global_known_hosts(later.global_known_hosts);
        if (!own || !global) {
            return own ? global.error() : own.error();
        }
        config.user_known_hosts = std::move(*own);
        config.global_known_hosts = std::move(*global);
    }
    auto jump = meaning.proxy_jump(config.proxy_jump);
    if (!jump) {
        return jump.error();
    }
    config.identity_agent = meaning.identity_agent(config.identity_agent);
    config.proxy_jump = std::move(*jump);
    return {};
}

} // namespace

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

result<user_config> parse_user_config(std::string_view output, const config_surroundings& around) {
    user_config config;
    config.identity_agent = "SSH_AUTH_SOCK";
    unread_words later;
    reader lines(config, later);
    for (std::size_t at = 0; at < output.size();) {
        const auto end = std::min(output.find('\n', at), output.size());
        const auto line = output.substr(at, end - at);
        const auto space = std::min(line.find(' '), line.size());
        const auto rest = line.substr(std::min(space + 1, line.size()));
        lines.read(std::string(line.substr(0, space)), std::string(rest));
        at = end + 1;
    }
    if (auto read = read_meaning(later, around, config); !read) {
        return read.error();
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
