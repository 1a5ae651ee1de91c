#pragma once

#include "engine/api/machine_events.hpp"
#include "engine/config/remote_type.hpp"
#include "engine/reactor/awaitable.hpp"
#include "engine/remotes/byte_stream.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace outrider {

/// A question that only a person can answer: a passphrase, a one-time code, an unknown host key.
struct secret_question {
    std::string remote; ///< who asks
    std::string text;   ///< shown to the person, one line
    bool echo = false;  ///< whether the answer may be seen
};

/// What a transport needs of the command on whose behalf it connects.
struct connect_context {
    std::map<std::string, std::string> environment; ///< the user's: HOME, SSH_AUTH_SOCK, PATH
    std::chrono::milliseconds timeout{10'000};      ///< for the whole of connect
    int connections = 32;                           ///< in the making at once, of all remotes
    /// Asks the person; empty where nobody can answer. The only unbounded wait.
    std::function<awaitable<result<std::string>>(secret_question)> ask;
    /// Whether a person sits there, who can compare a host key; a script can only give secrets.
    bool at_terminal = true;
    /// Says something that the user should know (a host key was recorded); never a secret.
    std::function<void(std::string)> tell;
};

/// An open, authenticated wire to one machine. Owned by the link of its remote.
class connection {
  public:
    connection() = default;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    virtual ~connection() = default;

    /// Starts `exec /bin/sh` there, reading its script from the stream; the login shell may print
    /// noise before. Fails with `connect_failed` when the wire is gone.
    [[nodiscard]] virtual awaitable<result<std::unique_ptr<byte_stream>>> open_shell() = 0;
    /// Whether the wire was intact when last used.
    [[nodiscard]] virtual bool alive() const = 0;
    /// Ends all streams and the wire, in a bounded time.
    virtual awaitable<void> close() = 0;
};

/// How to reach machines of one type (`remote::type`). Transports classify their errors by `errc`:
/// nothing above knows their libraries. Owned by the engine; used on its thread only.
class transport {
  public:
    transport() = default;
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;
    virtual ~transport() = default;

    /// The type of remote that it serves; the same one, as long as the program lives.
    [[nodiscard]] virtual const remote_type& type() const = 0;
    /// Connects and authenticates. The context of a failure reads like
    /// "gpu1: connect to 10.0.0.5 port 22: connection refused (is sshd running there?)".
    [[nodiscard]] virtual awaitable<result<std::unique_ptr<connection>>>
    connect(const remote& to, const connect_context& context) = 0;
    /// What `doctor` should say of how the user's own settings mean this remote, before anything
    /// connects to it; empty if all is well.
    [[nodiscard]] virtual awaitable<std::vector<finding>>
    examine(const remote& to, const connect_context& context) = 0;
    /// Ends what connections shared, in a bounded time; after the last of them is closed. A
    /// transport that was not closed must be idle when it is destroyed.
    virtual awaitable<void> close() { co_return; }
};

} // namespace outrider
