#pragma once

#include "engine/service/messenger.hpp"

#include <memory>
#include <string>

namespace outrider {

/// A URL of a webhook taken apart.
struct webhook_url {
    bool secure = false; ///< https
    std::string host;    ///< an IPv6 address without its brackets
    std::string port;
    std::string target;    ///< path and query
    std::string authority; ///< as it stands in the URL: for the Host field
};

/// Takes an http or https URL apart. `bad_input` for everything else, also for a name and password
/// in it, which would end up in logs.
[[nodiscard]] result<webhook_url> parse_webhook_url(const std::string& url);

/// Posts JSON to a webhook; see `messenger::post`. Certificates are checked against those that the
/// system trusts, and the host's name.
[[nodiscard]] awaitable<result<int>> post_to_webhook(webhook_request what);

} // namespace outrider
