#pragma once

#include "transports/http/http_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outrider {

/// Who may use the server's TCP port, which every user and every web page of this machine can
/// reach: who knows the token, or is a browser with the cookie of a login; who addressed the
/// machine by a name that no DNS server can redirect here, and is no page of another site. Pure.
class access_check {
  public:
    access_check(std::string token, std::uint16_t port)
        : token_(std::move(token)), port_(std::to_string(port)) {}

    /// Why the request is refused; nothing if it may go on. `open` needs neither token nor cookie;
    /// `logged_in`: it carries the cookie of a session.
    [[nodiscard]] std::optional<http_answer> refusal(const http_request& asked, bool open,
                                                     bool logged_in) const;
    /// What the cookie of a session is called. Browsers do not tell ports apart: two services on
    /// one machine must not overwrite each other's.
    [[nodiscard]] std::string cookie_name() const { return "outrider-" + port_; }
    /// Where the server is, for links: "http://127.0.0.1:7878".
    [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + port_; }

  private:
    [[nodiscard]] bool is_here(std::string_view authority) const;

    std::string token_;
    std::string port_;
};

} // namespace outrider
