#include "transports/process/child_stream.hpp"
#include "engine/reactor/tuple_awaitable.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>

namespace outrider {

/// How long a child may take to end by itself once its input has ended.
constexpr std::chrono::milliseconds orderly_end{2000};

child_stream::child_stream(child_process child, asio::posix::stream_descriptor wire,
                           std::shared_ptr<drained_tail> errors, std::string what)
    : child_(std::move(child)), wire_(std::move(wire)), errors_(std::move(errors)),
      what_(std::move(what)) {}

result<std::unique_ptr<child_stream>> child_stream::start(const asio::any_io_executor& executor,
                                                          child_options options, std::string what) {
    auto pair = stream_pair();
    int error_pipe[2];
    if (!pair) {
        return pair.error();
    }
    if (::pipe2(error_pipe, O_CLOEXEC) != 0) {
        return errno_failure(errno, what + ": make a pipe");
    }
    descriptor error_end(error_pipe[0]);
    const descriptor child_error_end(error_pipe[1]);
    options.standard_input = options.standard_output = pair->second.get();
    options.standard_error = child_error_end.get();
    auto child = child_process::start(executor, options);
    if (!child) {
        return failure(child.error().code, what + ": " + child.error().context);
    }
    auto errors = std::make_shared<drained_tail>(
        asio::posix::stream_descriptor(executor, error_end.release()));
    errors->start();
    asio::posix::stream_descriptor wire(executor, pair->first.release());
    return std::unique_ptr<child_stream>(
        new child_stream(std::move(*child), std::move(wire), std::move(errors), std::move(what)));
}

failure child_stream::lost(const boost::system::error_code& error) const {
    if (error == asio::error::operation_aborted) {
        return {errc::cancelled, what_ + ": cancelled"};
    }
    return {errc::connect_failed, what_ + ": the connection was lost: " + error.message()};
}

awaitable<result<std::size_t>> child_stream::read_some(std::span<char> into) {
    auto [error, count] =
        co_await wire_.async_read_some(asio::buffer(into.data(), into.size()), tuple_awaitable);
    // A child that is killed with unread input resets the pair: for a reader that is an end too.
    if (error == asio::error::eof || error == asio::error::connection_reset) {
        co_return std::size_t{0};
    }
    if (error) {
        co_return lost(error);
    }
    co_return count;
}

awaitable<result<>> child_stream::write(std::string_view bytes) {
    // In pieces as large as they are taken; `async_write` would cut them at 64 KiB.
    while (!bytes.empty()) {
        // The pair is a socket, but a descriptor's write raises SIGPIPE; the program ignores that.
        auto [error, count] = co_await wire_.async_write_some(
            asio::buffer(bytes.data(), bytes.size()), tuple_awaitable);
        if (error) {
            co_return lost(error);
        }
        bytes.remove_prefix(count);
    }
    co_return result<>();
}

awaitable<void> child_stream::close() {
    if (!wire_.is_open()) {
        co_return;
    }
    boost::system::error_code ignored;
    ::shutdown(wire_.native_handle(), SHUT_WR);
    const bool ended = co_await child_.wait_for(orderly_end);
    wire_.close(ignored);
    if (!ended) {
        child_.signal(SIGTERM);
    }
}

} // namespace outrider
