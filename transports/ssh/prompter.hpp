#pragma once

#include "engine/remotes/transport.hpp"
#include "transports/ssh/handshake_slots.hpp"
#include "transports/ssh/time_budget.hpp"

#include <string>
#include <utility>

namespace outrider::ssh {

/// The person on whose behalf a connection is made: who can be asked and told. Lives as long as
/// one try to connect.
class prompter {
  public:
    /// `remote` is whom the questions are about: the remote or a jump host. Others go on while the
    /// answer is awaited: `place` is given back for that time.
    prompter(std::string remote, const connect_context& context, time_budget& budget,
             std::shared_ptr<handshake_slots::slot> place)
        : remote_(std::move(remote)), context_(context), budget_(budget), place_(std::move(place)) {
    }

    [[nodiscard]] bool can_answer() const { return static_cast<bool>(context_.ask); }
    /// Whether a person can judge what is shown, as a host key has to be.
    [[nodiscard]] bool can_judge() const { return can_answer() && context_.at_terminal; }
    /// Stands for the time in which a person is waited for, also by what somebody else asked: it
    /// does not count against the connection, and others go on meanwhile.
    class waiting {
      public:
        explicit waiting(prompter& who) : who_(who), start_(time_budget::clock::now()) {
            if (who_.waits_++ == 0) {
                who_.place_->pause();
            }
        }
        waiting(const waiting&) = delete;
        waiting& operator=(const waiting&) = delete;
        ~waiting() {
            if (--who_.waits_ == 0) {
                who_.place_->resume();
                who_.budget_.give_back(time_budget::clock::now() - start_);
            }
        }

      private:
        prompter& who_;
        time_budget::clock::time_point start_;
    };

    [[nodiscard]] awaitable<result<std::string>> ask(std::string text, bool echo) {
        const waiting for_the_answer(*this);
        co_return co_await context_.ask({.remote = remote_, .text = std::move(text), .echo = echo});
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
    std::shared_ptr<handshake_slots::slot> place_;
    int waits_ = 0;
};

} // namespace outrider::ssh
