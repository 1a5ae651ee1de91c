#pragma once

#include "transports/http/http_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outrider {

/// Who may use the server's TCP port, which every user and every web page of this machine can
/// reach: who knows the token, addressed the machine by a name that no DNS server can redirect
/// here, and is no page of another site. Pure.
class access_check {
  public:
    access_check(std::string token, std::uint16_t port) : token_(std::move(token)), port_(port) {}

    /// Why the request is refused; nothing if it may go on. `open` needs no token.
    [[nodiscard]] std::optional<http_answer> refusal(const http_request& asked, bool open) const;

  private:
    [[nodiscard]] bool is_here(std::string_view authority) const;

    std::string token_;
    std::uint16_t port_;
};

} // namespace outrider
