#include "engine/agent/children/children_log.hpp"

#include <cstdio>

namespace outrider::agent {

void print_line(const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

void log_line(const std::string& text, const char* level) {
    print_line(std::string(level) + ": [guild] " + text);
}

} // namespace outrider::agent
