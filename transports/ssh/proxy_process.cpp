#include "transports/ssh/proxy_process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace outrider::ssh {

result<std::pair<descriptor, std::shared_ptr<proxy_process>>>
proxy_process::start(const asio::any_io_executor& executor, const std::string& command,
                     const std::map<std::string, std::string>& environment,
                     const std::string& label) {
    auto pair = stream_pair();
    int error_pipe[2];
    if (!pair) {
        return pair.error();
    }
    if (::pipe2(error_pipe, O_CLOEXEC) != 0) {
        return errno_failure(errno, label + ": make a pipe");
    }
    descriptor error_end(error_pipe[0]);
    const descriptor child_error_end(error_pipe[1]);
    auto child = child_process::start(executor, {.command = {"/bin/sh", "-c", "exec " + command},
                                                 .environment = environment,
                                                 .directory = "/",
                                                 .standard_input = pair->second.get(),
                                                 .standard_output = pair->second.get(),
                                                 .standard_error = child_error_end.get()});
    if (!child) {
        return failure(child.error().code, label + ": ProxyCommand: " + child.error().context);
    }
    auto errors = std::make_shared<drained_tail>(
        asio::posix::stream_descriptor(executor, error_end.release()));
    errors->start();
    return std::pair{std::move(pair->first), std::shared_ptr<proxy_process>(new proxy_process(
                                                 std::move(*child), std::move(errors)))};
}

} // namespace outrider::ssh
