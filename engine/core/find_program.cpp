#include "engine/core/find_program.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace outrider {

std::vector<std::string_view>
path_directories(const std::map<std::string, std::string>& environment) {
    const auto path = environment.find("PATH");
    std::string_view rest =
        path != environment.end() ? std::string_view(path->second) : "/usr/local/bin:/usr/bin:/bin";
    std::vector<std::string_view> out;
    while (!rest.empty()) {
        const auto directory = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
        if (!directory.empty()) {
            out.push_back(directory);
        }
    }
    return out;
}

bool is_executable_file(const std::string& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
}

std::string find_program(const std::string& program,
                         const std::map<std::string, std::string>& environment) {
    if (program.find('/') != std::string::npos) {
        return program;
    }
    for (const auto directory : path_directories(environment)) {
        std::string candidate = std::string(directory) + "/" + program;
        if (is_executable_file(candidate)) {
            return candidate;
        }
    }
    return {};
}

} // namespace outrider
