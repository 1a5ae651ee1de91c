#pragma once

#include "engine/remotes/byte_stream.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace outrider::testing {

/// A byte stream to a child process, whose standard input and output are one socket as under sshd.
/// The child is killed and reaped with the stream. Tests use it for a login shell.
class shell_stream final : public byte_stream {
  public:
    /// Starts `command` with exactly this environment.
    static std::unique_ptr<shell_stream>
    start(asio::any_io_executor executor, const std::vector<std::string>& command,
          const std::map<std::string, std::string>& environment);
    ~shell_stream() override;

    awaitable<result<std::size_t>> read_some(std::span<char> into) override;
    awaitable<result<>> write(std::string_view bytes) override;
    awaitable<void> close() override;
    [[nodiscard]] std::string diagnostics() const override;

    /// Bytes that were written to the child so far.
    [[nodiscard]] std::size_t written() const { return written_; }

  private:
    shell_stream(asio::any_io_executor executor, int socket, int errors, pid_t child);

    asio::local::stream_protocol::socket socket_;
    int errors_; // a file in memory that the child writes its standard error to
    pid_t child_;
    std::size_t written_ = 0;
};

} // namespace outrider::testing
