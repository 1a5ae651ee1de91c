#include "engine/agent/start/interpreter_choice.hpp"

#include "engine/agent/machine/interpreter_facts.hpp"
#include "engine/core/find_program.hpp"
#include "engine/text/version_text.hpp"

#include <algorithm>
#include <set>

namespace outrider::agent {
namespace {

std::string version_of(const std::string& python_exe, const std::filesystem::path& cache) {
    const std::string known = cached_python_version(cache, python_exe);
    return known.empty() ? ask_python_version(cache, python_exe) : known;
}

// `pythonX.Y` of the directories of PATH, in the order of their names in each.
std::string named_interpreter(const environment_map& environment, const std::string& requirement,
                              const std::filesystem::path& cache) {
    for (const auto entry : path_directories(environment)) {
        const std::string directory(entry);
        std::set<std::string> names;
        std::error_code ec;
        for (std::filesystem::directory_iterator at(directory, ec), end; !ec && at != end;
             at.increment(ec)) {
            const std::string name = at->path().filename().string();
            if (directory.starts_with('/') && name.starts_with("python") &&
                name.find_first_not_of("0123456789.", 6) == name.npos &&
                version_parts(std::string_view(name).substr(6)).size() == 2) {
                names.insert(name);
            }
        }
        for (const auto& name : names) {
            if (!fits_version(std::string_view(name).substr(6), requirement)) {
                continue;
            }
            // A shim of a version manager has the name of a Python that may not be there.
            auto found = find_executable({{"PATH", directory}}, name);
            if (!found.empty() && !version_of(found, cache).empty()) {
                return found;
            }
        }
    }
    return {};
}

} // namespace

result<std::string> find_interpreter(const environment_map& environment,
                                     const std::string& requirement,
                                     const std::filesystem::path& cache) {
    std::string usual;
    for (const char* name : {"python3", "python"}) {
        usual = usual.empty() ? find_executable(environment, name) : usual;
    }
    if (!requirement.empty()) {
        if (!usual.empty() && fits_version(version_of(usual, cache), requirement)) {
            return usual;
        }
        auto named = named_interpreter(environment, requirement, cache);
        if (!named.empty()) {
            return named;
        }
        return failure(errc::start_failed,
                       "cannot find a python interpreter for requirement '" + requirement + "'");
    }
    if (!usual.empty()) {
        return usual;
    }
    return failure(errc::start_failed,
                   "no python3 on PATH there; install it or set venv-path in config.yml");
}

} // namespace outrider::agent
