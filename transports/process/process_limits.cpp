#include "transports/process/process_limits.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>

namespace outrider {

void prepare_process() {
    struct sigaction current{};
    if (::sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
        current.sa_handler = SIG_IGN;
        ::sigaction(SIGPIPE, &current, nullptr);
    }
    // Two descriptors a session; the default soft limit of 1024 is short for 500 machines.
    constexpr rlim_t wanted = 65'536;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = std::min(limit.rlim_max, wanted);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

} // namespace outrider
