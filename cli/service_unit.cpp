#include "cli/service_unit.hpp"

#include <filesystem>
#include <fstream>

namespace outrider::cli {
namespace {

// A word of ExecStart: in quotes, with what systemd would replace doubled.
std::string unit_word(const std::string& text) {
    std::string out = "\"";
    for (const char each : text) {
        if (each == '"' || each == '\\') {
            out += '\\';
        } else if (each == '%' || each == '$') {
            out += each;
        }
        out += each;
    }
    return out + '"';
}

std::string variable(const std::map<std::string, std::string>& environment, const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

} // namespace

std::string service_unit_text(const std::string& program, const serve_request& how) {
    const auto seconds = static_cast<std::int64_t>(how.timeout);
    std::string start = unit_word(program) + " serve --timeout " + std::to_string(seconds);
    if (how.port) {
        start += " --listen " + std::to_string(*how.port);
    }
    // Runs of this machine that a command started are in the service's control group: they are left
    // alone when it ends, hence KillMode.
    constexpr std::int64_t margin = 20;
    return "[Unit]\n"
           "Description=Outrider: runs on many machines\n"
           "\n"
           "[Service]\n"
           "Type=exec\n"
           "ExecStart=" +
           start +
           "\n"
           "KillMode=process\n"
           "TimeoutStopSec=" +
           std::to_string(seconds + margin) +
           "\n"
           "Restart=on-failure\n"
           "\n"
           "[Install]\n"
           "WantedBy=default.target\n";
}

result<std::string> install_service_unit(const serve_request& how,
                                         const std::map<std::string, std::string>& environment) {
    namespace fs = std::filesystem;
    const auto settings = variable(environment, "XDG_CONFIG_HOME");
    const fs::path directory =
        fs::path(settings.starts_with('/') ? settings
                                           : variable(environment, "HOME") + "/.config") /
        "systemd/user";
    std::error_code failed;
    const auto program = fs::read_symlink("/proc/self/exe", failed).string();
    if (!failed) {
        fs::create_directories(directory, failed);
    }
    const auto path = directory / "outrider.service";
    std::ofstream file;
    if (!failed) {
        file.open(path, std::ios::trunc);
        file << service_unit_text(program, how) << std::flush;
    }
    if (failed || !file) {
        return failure(errc::io_failed, path.string() + " cannot be written");
    }
    return path.string();
}

} // namespace outrider::cli
