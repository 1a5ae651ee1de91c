#include "engine/agent/server/pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace outrider::agent {

result<pipe_ends> make_pipe(const char* what) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return errno_failure(errno, what);
    }
    return pipe_ends{descriptor(ends[0]), descriptor(ends[1])};
}

} // namespace outrider::agent
