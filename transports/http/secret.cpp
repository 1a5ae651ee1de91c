#include "transports/http/secret.hpp"

#include <array>
#include <cerrno>

#include <sys/random.h>

namespace outrider {

result<std::string> new_secret() {
    std::array<unsigned char, 32> bits{};
    if (::getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size())) {
        return errno_failure(errno, "no random numbers");
    }
    constexpr char digits[] = "0123456789abcdef";
    std::string secret;
    for (const unsigned char each : bits) {
        secret += {digits[each >> 4U], digits[each & 15U]};
    }
    return secret;
}

bool same_secret(std::string_view given, std::string_view secret) {
    if (secret.empty()) {
        return false;
    }
    unsigned difference = given.size() == secret.size() ? 0U : 1U;
    for (std::size_t i = 0; i < given.size(); ++i) {
        difference |= static_cast<unsigned char>(given[i] ^ secret[i % secret.size()]);
    }
    return difference == 0;
}

} // namespace outrider
