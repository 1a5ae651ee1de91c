#pragma once

#include "engine/reactor/awaitable.hpp"
#include "transports/ssh/host_differences.hpp"
#include "transports/ssh/shared_work.hpp"
#include "transports/ssh/ssh_remote.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::ssh {

/// What the user's ssh configuration means for one host: the answers of `ssh -G`, as far as we
/// honour them. Forwards, RemoteCommand and RequestTTY are left out on purpose.
struct user_config {
    std::string host_name; ///< what to look up and connect to
    std::uint16_t port = 22;
    std::string user;
    std::vector<std::string> identity_files; ///< absolute; they need not exist
    bool identities_only = false;
    /// Whether the certificate beside an identity file counts; not where any is named.
    bool certificates_beside_keys = true;
    std::string identity_agent;                  ///< socket of the ssh agent; empty: none
    std::vector<std::string> user_known_hosts;   ///< absolute; the first takes new keys
    std::vector<std::string> global_known_hosts; ///< absolute
    std::string strict_host_key_checking = "ask";
    bool hash_known_hosts = false;
    std::string host_key_alias;
    std::string proxy_command;                   ///< with its percent tokens; empty: none
    std::string proxy_jump;                      ///< comma list; empty: none
    std::optional<std::int64_t> connect_timeout; ///< seconds
    std::string address_family = "any";          ///< any, inet, inet6
    std::string bind_address;
    // Comma lists that bound what we offer; empty: no bound.
    std::string ciphers;
    std::string key_exchange;
    std::string host_key_algorithms;
    std::string macs;
    std::string public_key_algorithms;
    std::string preferred_authentications;
    bool public_key_authentication = true;
    bool keyboard_interactive_authentication = true;
    bool password_authentication = true;
    bool gssapi_authentication = false;
    bool host_based_authentication = false;
    int minimal_rsa_bits = 0;
    /// Security options that libssh cannot honour ("CertificateFile"): such a host is reached
    /// through a child `ssh`.
    std::vector<std::string> needs_ssh_program;

    friend bool operator==(const user_config&, const user_config&) = default;
};

/// What an answer of `ssh -G` is read against: it prints words, and some as they are written.
struct config_surroundings {
    std::string home; ///< takes the place of `~`
    /// The password database's, where it is another: `ssh` itself takes that for `~`.
    std::string real_home = {};
    std::string asked_host = {}; ///< as the user named it
    std::map<std::string, std::string> environment = {};
    /// Lists of known_hosts files as the configuration files write them (`read_known_hosts_lists`).
    std::vector<std::vector<std::string>> known_hosts_lists = {};
    // What the remote itself names; the configuration's word is left aside then.
    bool key_is_named = false;
    bool known_hosts_are_named = false;
};

/// Reads the output of `ssh -G`. `bad_input` or `unsupported` where it is not clear which file is
/// meant: a security option is never guessed.
[[nodiscard]] result<user_config> parse_user_config(std::string_view output,
                                                    const config_surroundings& around);
/// What holds without any configuration.
[[nodiscard]] user_config default_user_config(const std::string& host, const std::string& user,
                                              const std::string& home);

/// Asks `ssh -G` and remembers the answers, for the life of the engine: once for all hosts that the
/// configuration does not tell apart, also when many ask at the same time, and a few at once. Never
/// blocks the reactor.
class user_config_source {
  public:
    using environment = std::map<std::string, std::string>;
    /// The configuration for the remote, its own fields (user, port, private key, proxy, known
    /// hosts) applied. Without an `ssh` program, or with `ssh-config: none`: the defaults.
    [[nodiscard]] awaitable<result<user_config>> lookup(const ssh_remote& to,
                                                        const environment& env);

  private:
    struct answer {
        std::string text;
        std::string standard_error; ///< the end of it
    };
    /// Questions that are the same up to the host.
    struct family {
        explicit family(std::vector<std::string> words) : question(std::move(words)) {}
        std::vector<std::string> question;                       ///< without the host
        std::optional<host_differences> differences;             ///< once a host was asked for
        std::vector<std::vector<std::string>> known_hosts_lists; ///< from then on
        std::map<std::string, std::string> answers;              ///< by host
        std::map<std::string, std::string> classes; ///< the host whose answer does for each
        std::map<std::string, shared_work<std::string>> asking; ///< by host
        shared_work<std::string> first;
    };

    [[nodiscard]] family& family_of(const ssh_remote& to, const environment& env);
    [[nodiscard]] awaitable<result<std::string>> answer_for(family& of, const ssh_remote& to,
                                                            const environment& env);
    [[nodiscard]] awaitable<result<std::string>> ask_for(family& of, const std::string& host,
                                                         const environment& env);
    [[nodiscard]] awaitable<result<answer>> ask(const std::vector<std::string>& command,
                                                const environment& env);

    std::map<std::string, family> families_; // by home and question
    int running_ = 0;
    waiters turns_;
};

/// The `-F FILE` with which `ssh` reads the configuration that is meant; empty for its own choice.
[[nodiscard]] std::vector<std::string> config_file_arguments(const ssh_remote& to,
                                                             const std::string& home);
/// HOME of the environment, else the password database's.
[[nodiscard]] std::string home_of(const std::map<std::string, std::string>& environment);
/// The home directory and login name in the password database, which is asked once: it may be a
/// server somewhere.
struct account {
    std::string home;
    std::string name;
};
[[nodiscard]] const account& own_account();

} // namespace outrider::ssh
