#include "engine/agent/machine/signal_process.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace outrider::agent {

descriptor watch_process(const process_mark& mark) {
    if (mark.pid <= 0) {
        return {};
    }
    descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, mark.pid, 0)));
    // The pid may have been reused before it was pinned; afterwards it cannot be.
    if (process && !is_alive(mark)) {
        process.reset();
    }
    return process;
}

bool signal_process(const process_mark& mark, int number) {
    if (const descriptor process = watch_process(mark)) {
        return ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0) == 0;
    }
    // Kernels before 5.3 cannot pin: check as late as possible.
    return is_alive(mark) && ::kill(static_cast<pid_t>(mark.pid), number) == 0;
}

} // namespace outrider::agent
