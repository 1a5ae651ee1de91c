#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::ssh {

/// One entry of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
struct known_host {
    enum class mark { none, revoked, authority };
    mark marker = mark::none;
    std::string names;    ///< comma list of patterns, or one hashed name `|1|SALT|HASH`
    std::string type;     ///< "ssh-ed25519"
    std::string key;      ///< base64
    std::string file;     ///< where it stands
    std::size_t line = 0; ///< from 1
};

/// The entries of a file; lines that make no sense are skipped, as OpenSSH does.
[[nodiscard]] std::vector<known_host> parse_known_hosts(std::string_view text,
                                                        const std::string& file);

/// Whether an entry speaks of that name: patterns with `*`, `?` and `!`, hashed names, any case.
[[nodiscard]] bool names_match(std::string_view names, std::string_view name);

/// The name under which a machine's key is kept: "host", or "[host]:port" for ports other than 22;
/// an alias (HostKeyAlias) stands for itself.
[[nodiscard]] std::string host_key_name(const std::string& host, std::uint16_t port,
                                        const std::string& alias);

/// `|1|SALT|HASH` of a name (HMAC-SHA1), with a salt of 20 random bytes.
[[nodiscard]] std::string hashed_name(std::string_view name);

/// "SHA256:…" of a key in base64, as OpenSSH prints it.
[[nodiscard]] std::string fingerprint(std::string_view key_base64);

/// What the record says about a machine.
struct host_key_verdict {
    enum class kind {
        match,   ///< on record
        unknown, ///< the machine is not on record
        changed, ///< the machine is on record with another key
        revoked, ///< this very key is marked as revoked
    };
    kind what = kind::unknown;
    known_host record; ///< the entry that decided, except for `unknown`
};

/// Compares a machine's key with what is on record. A certificate authority says nothing of a plain
/// key.
[[nodiscard]] host_key_verdict judge_host_key(const std::vector<known_host>& records,
                                              const std::string& name, const std::string& type,
                                              const std::string& key_base64);

/// The types of key that are on record for a machine, without repetition.
[[nodiscard]] std::vector<std::string> recorded_types(const std::vector<known_host>& records,
                                                      const std::string& name);

} // namespace outrider::ssh
