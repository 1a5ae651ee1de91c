#pragma once

#include "engine/reactor/awaitable.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {

/// A program that a notification starts: no shell sees its words.
struct program_request {
    std::vector<std::string> words; ///< the first is looked up in PATH of `environment`
    std::map<std::string, std::string> environment;
    std::string directory; ///< absolute
};

/// One request to a webhook.
struct webhook_request {
    std::string url;             ///< http or https
    std::string body;            ///< JSON
    std::string idempotency_key; ///< the same for every try
};

/// How the ends of runs get out of a service. An interface, because neither processes nor HTTP are
/// the engine's business.
class messenger {
  public:
    messenger() = default;
    messenger(const messenger&) = delete;
    messenger& operator=(const messenger&) = delete;
    virtual ~messenger() = default;

    /// Runs a program to its end, for ten minutes at most: its exit code, or the negative signal
    /// number. `not_found` if there is none.
    [[nodiscard]] virtual awaitable<result<int>> run(program_request what) = 0;
    /// Posts; the status of the answer, within 30 s. `bad_input` for a URL that makes no sense,
    /// `resolve_failed`, `connect_failed` and `timed_out` where nothing answered,
    /// `authentication_failed` for a certificate that is not the host's.
    [[nodiscard]] virtual awaitable<result<int>> post(webhook_request what) = 0;
    /// Whether a URL makes sense, without asking anybody.
    [[nodiscard]] virtual result<> check(const std::string& url) const = 0;
};

} // namespace outrider
