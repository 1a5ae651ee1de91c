#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/reactor/awaitable.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace outrider {

/// What a child is started with. It sees only these three descriptors; -1 is /dev/null.
struct child_options {
    std::vector<std::string> command; ///< the first is looked up in PATH of `environment`
    std::map<std::string, std::string> environment;
    std::string directory; ///< empty, or one that is gone: "/"
    int standard_input = -1;
    int standard_output = -1;
    int standard_error = -1;
};

/// A running child process in a session of its own, so that Ctrl-C at the terminal does not reach
/// it. Its end is learned from a pidfd; it is always reaped. Destroying it asks a child that still
/// runs to end (SIGTERM, then SIGKILL after two seconds) without waiting here.
class child_process {
  public:
    /// Starts it. `not_found` when there is no such program.
    [[nodiscard]] static result<child_process> start(const asio::any_io_executor& executor,
                                                     const child_options& options);
    child_process(child_process&&) = default;
    child_process& operator=(child_process&&) = delete;
    ~child_process();

    /// Waits for the end: the exit code, or the negative signal number.
    [[nodiscard]] awaitable<int> wait();
    /// The same, but nothing when it has not ended within `limit`.
    [[nodiscard]] awaitable<bool> wait_for(std::chrono::milliseconds limit);
    void signal(int number);
    /// Whether it runs at this moment.
    [[nodiscard]] bool running();
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    child_process(asio::posix::stream_descriptor pidfd, pid_t pid);
    asio::posix::stream_descriptor pidfd_;
    pid_t pid_;
    bool ended_ = false;
    int status_ = 0;
};

/// A connected pair of stream sockets, both closed on exec.
[[nodiscard]] result<std::pair<descriptor, descriptor>> stream_pair();

} // namespace outrider
