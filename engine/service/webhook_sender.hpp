#pragma once

#include "engine/reactor/awaitable.hpp"

#include <map>
#include <string>

namespace outrider {

/// One request to a webhook.
struct webhook_request {
    std::string url; ///< http or https
    std::string body;
    std::map<std::string, std::string> headers; ///< beside those of the body: values of one line
};

/// Posts JSON to URLs. An interface, because HTTP is not the engine's business.
class webhook_sender {
  public:
    webhook_sender() = default;
    webhook_sender(const webhook_sender&) = delete;
    webhook_sender& operator=(const webhook_sender&) = delete;
    virtual ~webhook_sender() = default;

    /// The status of the answer, within 30 s. `bad_input` for a URL that makes no sense,
    /// `resolve_failed`, `connect_failed` and `timed_out` where nothing answered,
    /// `authentication_failed` for a certificate that is not the host's.
    [[nodiscard]] virtual awaitable<result<int>> post(webhook_request what) = 0;
    /// Whether a URL makes sense, without asking anybody.
    [[nodiscard]] virtual result<> check(const std::string& url) const = 0;
};

} // namespace outrider
