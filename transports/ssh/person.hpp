#pragma once

#include "engine/remotes/transport.hpp"
#include "transports/ssh/time_budget.hpp"

#include <string>
#include <utility>

namespace outrider::ssh {

/// The person on whose behalf a connection is made: who can be asked and told. Lives as long as
/// one connect.
class person {
  public:
    person(std::string remote, const connect_context& context, time_budget& budget)
        : remote_(std::move(remote)), context_(context), budget_(budget) {}

    [[nodiscard]] bool can_answer() const { return static_cast<bool>(context_.ask); }
    /// Whether a person can judge what is shown, as a host key has to be.
    [[nodiscard]] bool can_judge() const { return can_answer() && context_.at_terminal; }
    /// Asks; the time that the answer takes does not count against the connection.
    [[nodiscard]] awaitable<result<std::string>> ask(std::string text, bool echo) {
        const auto start = time_budget::clock::now();
        auto answer =
            co_await context_.ask({.remote = remote_, .text = std::move(text), .echo = echo});
        budget_.give_back(time_budget::clock::now() - start);
        co_return answer;
    }
    void tell(std::string text) const {
        if (context_.tell) {
            context_.tell(std::move(text));
        }
    }

  private:
    std::string remote_;
    const connect_context& context_;
    time_budget& budget_;
};

} // namespace outrider::ssh
