#include "tests/support/shell_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace outrider::testing {
namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> out;
    for (auto& word : words) {
        out.push_back(word.data());
    }
    out.push_back(nullptr);
    return out;
}

} // namespace

std::unique_ptr<shell_stream>
shell_stream::start(asio::any_io_executor executor, const std::vector<std::string>& command,
                    const std::map<std::string, std::string>& environment) {
    int ends[2];
    const int errors = ::memfd_create("stderr", MFD_CLOEXEC);
    if (errors < 0 || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        throw std::runtime_error("no socket for a child process");
    }
    std::vector<std::string> words = command;
    std::vector<std::string> settings;
    for (const auto& [name, value] : environment) {
        settings.push_back(name + "=" + value);
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, words[0].c_str(), &actions, &attributes,
                                      pointers(words).data(), pointers(settings).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    ::close(ends[1]);
    if (failed != 0) {
        ::close(ends[0]);
        ::close(errors);
        throw std::runtime_error("cannot start " + words[0]);
    }
    return std::unique_ptr<shell_stream>(
        new shell_stream(std::move(executor), ends[0], errors, child));
}

shell_stream::shell_stream(asio::any_io_executor executor, int socket, int errors, pid_t child)
    : socket_(std::move(executor), asio::local::stream_protocol(), socket), errors_(errors),
      child_(child) {}

shell_stream::~shell_stream() {
    ::kill(-child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::close(errors_);
}

awaitable<result<std::size_t>> shell_stream::read_some(std::span<char> into) {
    auto [error, got] =
        co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), as_result);
    if (error == asio::error::eof || error == asio::error::connection_reset) {
        co_return std::size_t{0};
    }
    if (error) {
        co_return failure(errc::connect_failed, "read from the child: " + error.message());
    }
    co_return got;
}

awaitable<result<>> shell_stream::write(std::string_view bytes) {
    auto [error, count] =
        co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), as_result);
    written_ += count;
    if (error) {
        co_return failure(errc::connect_failed, "write to the child: " + error.message());
    }
    co_return result<>();
}

awaitable<void> shell_stream::close() {
    boost::system::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_both, ignored);
    co_return;
}

std::string shell_stream::diagnostics() const {
    std::array<char, 4096> tail;
    const auto size = ::lseek(errors_, 0, SEEK_END);
    const auto start = std::max<off_t>(0, size - static_cast<off_t>(tail.size()));
    const auto got = ::pread(errors_, tail.data(), tail.size(), start);
    return {tail.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got))};
}

} // namespace outrider::testing
