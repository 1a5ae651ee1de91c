#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/reactor/awaitable.hpp"

#include <chrono>
#include <string>

namespace outrider::ssh {

/// What a server does first on a fresh connection. An SSH server says "SSH-2.0-…" at once, one that
/// has no room says "Exceeded MaxStartups" or just ends.
struct greeting {
    enum class kind {
        spoken, ///< `text` has the first bytes of it
        ended,  ///< closed or reset without a word
        silent, ///< nothing yet
    };
    kind what = kind::silent;
    std::string text; ///< without its line end, printable
};

/// Waits for the first bytes, and leaves them where they are.
[[nodiscard]] awaitable<result<greeting>> hear_greeting(const descriptor& socket,
                                                        std::chrono::milliseconds limit);

} // namespace outrider::ssh
