#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace outrider::ssh {

// Comma lists of what we offer, the best first, as far as libssh 0.10 has them.

/// Cheap on both sides; the large groups cost 25 ms of processor each and are left out.
inline constexpr std::string_view key_exchange_algorithms =
    "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
    "ecdh-sha2-nistp521,diffie-hellman-group14-sha256";
inline constexpr std::string_view host_key_algorithms =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,"
    "rsa-sha2-256";
inline constexpr std::string_view mac_algorithms =
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512";

/// AES-GCM first where the processor computes AES, ChaCha20 first where it does not.
[[nodiscard]] std::string cipher_algorithms(bool processor_has_aes);
[[nodiscard]] bool processor_has_aes();

[[nodiscard]] std::vector<std::string> split_list(std::string_view list);
[[nodiscard]] std::string join_list(const std::vector<std::string>& items);
/// What of `ours` stands in `allowed` too, in our order; all of ours where `allowed` is empty.
[[nodiscard]] std::string allowed_of(std::string_view ours, std::string_view allowed);

} // namespace outrider::ssh
