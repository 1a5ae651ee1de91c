#include "engine/agent/start/guild_start.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace outrider::agent {

int run_guild_start(const std::string& program, const std::string& home,
                    const std::string& run_id) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGTERM, SIG_DFL);
        ::signal(SIGINT, SIG_DFL);
        ::setenv("GUILD_HOME", home.c_str(), 1);
        ::execl(program.c_str(), program.c_str(), "run", "--yes", "--start", run_id.c_str(),
                nullptr);
        ::_exit(127);
    }
    int status = 0;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

} // namespace outrider::agent
