#include "engine/agent/run_place.hpp"

#include <cerrno>

namespace outrider::agent {

std::string home_path(const agent_context& context, const std::string& home) {
    if (home.starts_with('/')) {
        return home;
    }
    if (home.empty() || home == "~") {
        return context.machine.home;
    }
    return context.machine.home + "/" + (home.starts_with("~/") ? home.substr(2) : home);
}

result<run_place> open_run(const agent_context& context, const std::string& home,
                           const std::string& run_id, bool create) {
    if (!is_safe_name(run_id)) {
        return failure(errc::bad_input, "'" + run_id + "' is not the id of a run");
    }
    const std::string path = home_path(context, home) + "/runs/" + run_id;
    auto directory = open_directory(path, create, 0777);
    if (!directory) {
        if (directory.error().kind() == errc::not_found) {
            return failure(errc::not_found, "there is no run directory " + path);
        }
        return directory.error();
    }
    return run_place{std::move(*directory), path};
}

std::string packages_path(const agent_context& context) {
    return context.machine.cache_directory + "/packages";
}

result<bool> has_package(const agent_context& context, const std::string& package) {
    if (!is_safe_name(package) || package.starts_with('.')) {
        return failure(errc::bad_input, "'" + package + "' is not the name of a package");
    }
    struct stat found{};
    const std::string path = packages_path(context) + "/" + package;
    return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

} // namespace outrider::agent
