#include "engine/agent/files/run_directory.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/runs/small_file.hpp"

#include <cerrno>
#include <cstdio>

namespace outrider::agent {

result<run_paths> run_of_request(const agent_context& context, const std::string& home,
                                 const std::string& run_id, const std::string& run_dir) {
    if (run_dir.empty()) {
        return run_in_home(resolve_home(home, context.machine.home), run_id);
    }
    const fs::path directory(run_dir);
    if (!directory.is_absolute() || !is_safe_name(run_id) || directory.filename() != run_id ||
        run_dir.find('\0') != std::string::npos) {
        return failure(errc::bad_input, "'" + run_dir + "' is not the directory of run " + run_id);
    }
    return run_paths{directory};
}

result<run_paths> find_run(const agent_context& context, const std::string& home,
                           const std::string& run_id, const std::string& run_dir) {
    auto run = run_of_request(context, home, run_id, run_dir);
    if (run && !is_run(*run)) {
        return failure(errc::not_found, "there is no run " + run_id);
    }
    return run;
}

result<run_directory> open_run(const agent_context& context, const std::string& home,
                               const std::string& run_id, bool create) {
    const auto run = run_in_home(resolve_home(home, context.machine.home), run_id);
    if (!run) {
        return run.error();
    }
    const std::string& path = run->directory.native();
    auto directory = open_directory(path, create, 0777);
    if (!directory) {
        if (directory.error().kind() == errc::not_found) {
            return failure(errc::not_found, "there is no run directory " + path);
        }
        return directory.error();
    }
    return run_directory{std::move(*directory), path};
}

namespace {

fs::path place_in_trash(const run_paths& run) {
    return run.directory.parent_path().parent_path() / "trash/runs" / run.directory.filename();
}

} // namespace

result<> move_to_trash(const run_paths& run) {
    const fs::path place = place_in_trash(run);
    if (auto made = make_directories(place.parent_path()); !made) {
        return made;
    }
    if (::rename(run.directory.c_str(), place.c_str()) != 0) {
        return errno_failure(errno, "cannot move " + run.directory.string() + " to the trash");
    }
    return {};
}

run_paths present_place(const run_paths& run) {
    const run_paths in_trash{place_in_trash(run)};
    return !is_run(run) && is_run(in_trash) ? in_trash : run;
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
