#pragma once

#include "engine/reactor/notifier.hpp"
#include "engine/remotes/byte_stream.hpp"
#include "transports/process/text_tail.hpp"
#include "transports/ssh/session.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace outrider::ssh {

/// One channel of a session as a byte stream: a far program, or a port that the far machine reaches
/// for us. It keeps its session alive. libssh holds its address, so it never moves.
class channel final : public byte_stream {
  public:
    explicit channel(std::shared_ptr<session> owner);
    ~channel() override;

    /// Opens a session channel and starts `command` there. After a cancellation the command may
    /// run anyway.
    [[nodiscard]] awaitable<result<>> execute(std::string command);
    /// Opens a connection from the far machine to `host`:`port` (a jump).
    [[nodiscard]] awaitable<result<>> forward_to(std::string host, std::uint16_t port);

    /// A large span announces a large window to the server: bulk reads over a long round trip
    /// should ask for 8 MiB at a time.
    awaitable<result<std::size_t>> read_some(std::span<char> into) override;
    awaitable<result<>> write(std::string_view bytes) override;
    awaitable<void> close() override;
    [[nodiscard]] std::string diagnostics() const override { return errors_.text(); }
    /// The program's exit code once it is known, else -1.
    [[nodiscard]] int exit_code() const { return exit_code_; }

    /// For the session: something changed.
    void wake() { changed_.notify(); }
    /// For the session: libssh's channel is about to be freed with it.
    void forget();

  private:
    [[nodiscard]] awaitable<result<>> opened(std::string phase, int answer);
    [[nodiscard]] bool over() const;
    [[nodiscard]] awaitable<void> wait_closed();
    void set_callbacks();

    std::shared_ptr<session> session_;
    ssh_channel raw_ = nullptr;
    ssh_channel_callbacks_struct callbacks_{};
    bool empty_ = false; // the last read took all that libssh had, and nothing came since
    notifier changed_;
    text_tail errors_;
    int exit_code_ = -1;
    bool opening_ = false;
    bool closed_ = false;
};

} // namespace outrider::ssh
