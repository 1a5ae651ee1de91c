#pragma once

#include "engine/core/result.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// How browsers come in, which cannot send the token: a link with a code that works once makes a
/// session, whose secret the browser keeps as a cookie. Neither is the token, and neither is ever
/// written down: they end with the service. Owned by the server; what the time is, callers say.
class browser_logins {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    /// How long a link works, unless it is used before.
    static constexpr std::chrono::minutes code_life{10};
    /// How long a session lasts after it was used last.
    static constexpr std::chrono::hours session_life{24 * 7};
    /// Beyond these the oldest goes.
    static constexpr std::size_t most_codes = 64;
    static constexpr std::size_t most_sessions = 64;

    /// A code for a link.
    [[nodiscard]] result<std::string> add_code(time_point now);
    /// Spends a code: the secret of a new session. `authentication_failed` if there is no such
    /// code.
    [[nodiscard]] result<std::string> take_code(std::string_view code, time_point now);
    /// Whether a cookie is that of a session, which then lasts on.
    [[nodiscard]] bool knows(std::string_view session, time_point now);

  private:
    struct ticket {
        std::string secret;
        time_point until;
    };
    static void drop_old(std::vector<ticket>& tickets, time_point now);
    static result<std::string> add(std::vector<ticket>& tickets, std::size_t most,
                                   time_point until);

    std::vector<ticket> codes_;    // the oldest first
    std::vector<ticket> sessions_; // likewise
};

/// The values of all cookies of that name in a header `Cookie` (RFC 6265, 5.4).
[[nodiscard]] std::vector<std::string_view> cookies_in(std::string_view header,
                                                       std::string_view name);

} // namespace outrider
