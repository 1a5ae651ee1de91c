#include "engine/agent/start/interpreter_choice.hpp"

#include "engine/agent/machine/interpreter_facts.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

namespace outrider::agent {
namespace {

using version_parts = std::vector<int>;

// The numbers at the start: "3.11.2 (main, …)" has three.
version_parts parts_of(std::string_view text) {
    version_parts out;
    for (;;) {
        int part = 0;
        const char* end = text.data() + text.size();
        const auto [at, error] = std::from_chars(text.data(), end, part);
        if (error != std::errc()) {
            return out;
        }
        out.push_back(part);
        text.remove_prefix(static_cast<std::size_t>(at - text.data()));
        if (!text.starts_with('.')) {
            return out;
        }
        text.remove_prefix(1);
    }
}

std::string_view without_spaces(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == text.npos ? std::string_view()
                              : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// As far as both are written.
int compared(const version_parts& version, const version_parts& to) {
    const auto length = std::min(version.size(), to.size());
    for (std::size_t i = 0; i < length; ++i) {
        if (version[i] != to[i]) {
            return version[i] < to[i] ? -1 : 1;
        }
    }
    return 0;
}

bool fits_one(const version_parts& version, std::string_view requirement) {
    constexpr std::string_view marks = "<>=!~";
    const auto mark_end = std::min(requirement.find_first_not_of(marks), requirement.size());
    const auto mark = requirement.substr(0, mark_end);
    const auto wanted = parts_of(without_spaces(requirement.substr(mark_end)));
    if (wanted.empty() || version.empty()) {
        return false;
    }
    const int order = compared(version, wanted);
    if (mark.empty() || mark == "==" || mark == "=" || mark == "===") {
        return order == 0;
    }
    if (mark == "~=") { // at least that, and the same but for the last part
        const version_parts same(wanted.begin(), wanted.end() - (wanted.size() > 1 ? 1 : 0));
        return order >= 0 && compared(version, same) == 0;
    }
    return (mark == ">=" && order >= 0) || (mark == ">" && order > 0) ||
           (mark == "<=" && order <= 0) || (mark == "<" && order < 0) ||
           (mark == "!=" && order != 0);
}

std::string version_of(const std::string& python_exe, const std::filesystem::path& cache) {
    const std::string known = cached_python_version(cache, python_exe);
    return known.empty() ? ask_python_version(cache, python_exe) : known;
}

// `pythonX.Y` of the directories of PATH, in the order of their names in each.
std::string named_interpreter(const environment_map& environment, const std::string& requirement) {
    const auto path = environment.find("PATH");
    std::string_view rest = path != environment.end() ? std::string_view(path->second) : "";
    while (!rest.empty()) {
        const std::string directory(rest.substr(0, rest.find(':')));
        rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
        std::set<std::string> names;
        std::error_code ec;
        for (std::filesystem::directory_iterator at(directory, ec), end; !ec && at != end;
             at.increment(ec)) {
            const std::string name = at->path().filename().string();
            if (directory.starts_with('/') && name.starts_with("python") &&
                name.find_first_not_of("0123456789.", 6) == name.npos &&
                parts_of(std::string_view(name).substr(6)).size() == 2) {
                names.insert(name);
            }
        }
        for (const auto& name : names) {
            if (fits_python_requirement(std::string_view(name).substr(6), requirement)) {
                if (auto found = find_executable({{"PATH", directory}}, name); !found.empty()) {
                    return found;
                }
            }
        }
    }
    return {};
}

} // namespace

bool fits_python_requirement(std::string_view version, std::string_view requirement) {
    const auto parts = parts_of(version);
    for (;;) {
        const auto one = requirement.substr(0, requirement.find(','));
        if (!fits_one(parts, without_spaces(one))) {
            return false;
        }
        if (one.size() == requirement.size()) {
            return true;
        }
        requirement.remove_prefix(one.size() + 1);
    }
}

result<std::string> find_interpreter(const environment_map& environment,
                                     const std::string& requirement,
                                     const std::filesystem::path& cache) {
    std::string usual;
    for (const char* name : {"python3", "python"}) {
        usual = usual.empty() ? find_executable(environment, name) : usual;
    }
    if (!requirement.empty()) {
        if (!usual.empty() && fits_python_requirement(version_of(usual, cache), requirement)) {
            return usual;
        }
        auto named = named_interpreter(environment, requirement);
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
