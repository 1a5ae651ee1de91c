#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/reactor/awaitable.hpp"
#include "engine/reactor/notifier.hpp"
#include "transports/ssh/pump_turns.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace outrider::ssh {

class channel;

/// What a session is made of, before the first byte.
struct session_options {
    std::string label;   ///< begins the texts of failures: the remote's name
    std::string host;    ///< for libssh's texts only: the socket is connected already
    std::string user;    ///< whom to log in as
    std::string ciphers; ///< comma lists, the best first
    std::string key_exchange;
    std::string host_keys;
    std::string macs;
    std::string public_key_algorithms;
    int minimal_rsa_bits = 0;          ///< 0: libssh's own limit
    std::shared_ptr<pump_turns> turns; ///< whose key exchanges this one shall not go in a row with
};

/// One SSH session of libssh on the reactor: one pump that reads the socket when it is readable,
/// and a notifier that wakes whoever waits for libssh to get on. Held by its connection and its
/// channels; dies with the last of them, or earlier with the wire. Every libssh call on it is made
/// through `call`, or followed by `settle`.
class session : public std::enable_shared_from_this<session> {
  public:
    /// Takes over a connected stream socket: TCP, or one end of a socket pair.
    [[nodiscard]] static result<std::shared_ptr<session>>
    adopt(const asio::any_io_executor& executor, descriptor socket, const session_options& options);
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session() { drop(); }

    /// Version and key exchange. The server's host key is known afterwards, and not yet checked.
    [[nodiscard]] awaitable<result<>> handshake();
    /// Closes the wire at once. Never blocks; the answer to a cancelled handshake as well.
    void drop();

    [[nodiscard]] bool alive() const { return raw_ != nullptr && !dead_; }
    [[nodiscard]] ssh_session raw() { return raw_; }
    [[nodiscard]] const std::string& label() const { return label_; }
    [[nodiscard]] const asio::any_io_executor& executor() const { return executor_; }
    /// Bytes that came so far: whether it moves on tells whether the far end lives.
    [[nodiscard]] std::uint64_t received() const { return moved_.in_bytes; }
    /// Asks the far end for a sign of life, which `received` shows. Only once logged in.
    void ask_for_sign();
    [[nodiscard]] std::size_t channel_count() const { return channels_.size(); }
    /// The failure of a session that is not alive, or whose last call failed.
    [[nodiscard]] failure lost(const std::string& phase) const;

    /// Repeats a libssh call until it no longer answers `again`. Fails when the wire is lost or the
    /// waiting coroutine is cancelled; else gives the call's answer, an error included.
    template <class Call>
    [[nodiscard]] awaitable<result<int>> call(std::string phase, Call step, int again = SSH_AGAIN) {
        const auto keep = shared_from_this();
        while (alive()) {
            const int answer = step();
            settle();
            if (answer != again) {
                co_return answer;
            }
            acknowledge_at_once();
            if (!co_await progress_.wait()) {
                co_return failure(errc::cancelled, label_ + ": " + phase + ": cancelled");
            }
        }
        co_return lost(phase);
    }

    /// After every libssh call: it may have moved bytes that somebody else waits for.
    void settle();
    /// Whether libssh still has bytes that the socket did not take.
    [[nodiscard]] bool congested() const { return (ssh_get_status(raw_) & SSH_WRITE_PENDING) != 0; }
    /// What comes next is acknowledged without the usual delay of 40 ms, for which a server that
    /// answers in several small pieces would wait with the second one (Nagle's algorithm).
    void acknowledge_at_once();
    /// Woken whenever bytes moved.
    [[nodiscard]] notifier& progress() { return progress_; }

  private:
    friend class channel;
    session(const asio::any_io_executor& executor, std::string label);
    void arm();
    void pump_in_turn();
    void pump();
    void read_all();
    void mark_dead();
    void close_in_background(ssh_channel channel, bool opening);
    void finish_closing();

    /// A channel whose owner is gone: it is closed in the background, or its slot there leaks.
    struct closing_channel {
        ssh_channel channel;
        bool opening;
    };

    asio::any_io_executor executor_;
    std::string label_;
    ssh_session raw_ = nullptr;
    ssh_event event_ = nullptr;              // one event per session
    asio::posix::stream_descriptor watched_; // our duplicate: libssh may close its own
    notifier progress_;
    ssh_counter_struct moved_{}; // filled by libssh
    ssh_counter_struct seen_{};
    std::shared_ptr<pump_turns> turns_; // until the key exchange is done
    bool waits_read_ = false;
    bool waits_write_ = false;
    bool dead_ = false;
    std::string last_error_;
    std::set<channel*> channels_;
    std::vector<closing_channel> closing_;
};

} // namespace outrider::ssh
