#pragma once

#include "engine/remotes/byte_stream.hpp"
#include "transports/process/child_process.hpp"
#include "transports/process/text_tail.hpp"

#include <memory>

namespace outrider {

/// The standard input and output of a child process as a byte stream. Destroying it closes both, so
/// that the child sees the end of its input, and asks the child to end.
class child_stream final : public byte_stream {
  public:
    /// Starts the child; the three descriptors of `options` are set here. `what` begins the texts
    /// of failures ("gpu1: ssh").
    [[nodiscard]] static result<std::unique_ptr<child_stream>>
    start(const asio::any_io_executor& executor, child_options options, std::string what);

    awaitable<result<std::size_t>> read_some(std::span<char> into) override;
    awaitable<result<>> write(std::string_view bytes) override;
    awaitable<void> close() override;
    [[nodiscard]] std::string diagnostics() const override { return errors_->text(); }
    [[nodiscard]] child_process& process() { return child_; }

  private:
    child_stream(child_process child, asio::posix::stream_descriptor wire,
                 std::shared_ptr<drained_tail> errors, std::string what);
    [[nodiscard]] failure lost(const boost::system::error_code& error) const;

    child_process child_;
    asio::posix::stream_descriptor wire_;
    std::shared_ptr<drained_tail> errors_;
    std::string what_;
};

} // namespace outrider
