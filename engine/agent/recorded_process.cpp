#include "engine/agent/recorded_process.hpp"

#include "engine/agent/beneath.hpp"

#include <fcntl.h>
#include <time.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace outrider::agent {
namespace {

// LOCK is written right after the fork; clocks of the kernel and of files differ by a little.
constexpr double clock_slack_seconds = 2;

struct process_state_line {
    char state = 'X';
    double start_seconds = 0; // since the epoch
};

process_state_line read_state(long pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) {
        return {};
    }
    // After the name: state is field 3, the start in ticks since boot is field 22.
    std::istringstream fields(text.substr(name_end + 1));
    process_state_line out;
    fields >> out.state;
    std::string skipped;
    for (int field = 4; field < 22; ++field) {
        fields >> skipped;
    }
    double ticks = 0;
    fields >> ticks;
    timespec now{};
    timespec since_boot{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
    out.start_seconds = static_cast<double>(now.tv_sec - since_boot.tv_sec) +
                        ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return out;
}

} // namespace

bool is_locked_by_live_process(int run) {
    auto lock = open_beneath(run, ".guild/LOCK", O_RDONLY | O_NONBLOCK);
    char text[11] = {};
    struct stat written{};
    if (!lock || ::read(lock->get(), text, sizeof text - 1) <= 0 ||
        ::fstat(lock->get(), &written) != 0) {
        return false;
    }
    const long pid = std::strtol(text, nullptr, 10);
    if (pid <= 0) {
        return false;
    }
    const auto process = read_state(pid);
    return process.state != 'X' && process.state != 'Z' &&
           process.start_seconds <=
               static_cast<double>(written.st_mtim.tv_sec) + clock_slack_seconds;
}

} // namespace outrider::agent
