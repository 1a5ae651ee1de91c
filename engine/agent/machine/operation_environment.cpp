#include "engine/agent/machine/operation_environment.hpp"

#include "engine/core/find_program.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace outrider::agent {
namespace {

void add_entry(environment_map& out, std::string_view entry) {
    const auto equals = entry.find('=');
    if (equals != std::string_view::npos && equals > 0) {
        out.insert_or_assign(std::string(entry.substr(0, equals)),
                             std::string(entry.substr(equals + 1)));
    }
}

const std::string* value_of(std::string_view name, const run_substitutions& values) {
    if (name == "python_exe") {
        return &values.python_exe;
    }
    if (name == "run_dir") {
        return &values.run_dir;
    }
    if (name == "support_dir") {
        return &values.support_dir;
    }
    if (name == "agent") {
        return &values.agent;
    }
    return name == "home" ? &values.home : nullptr;
}

} // namespace

std::string substitute(std::string_view text, const run_substitutions& values) {
    std::string out;
    for (;;) {
        const auto begin = text.find("${");
        const auto end = begin == text.npos ? text.npos : text.find('}', begin);
        if (end == text.npos) {
            return out.append(text);
        }
        out.append(text.substr(0, begin));
        // In one pass, so that a value which looks like a variable stays as it is.
        const auto* value = value_of(text.substr(begin + 2, end - begin - 2), values);
        if (value == nullptr) {
            out.append("${");
            text.remove_prefix(begin + 2);
            continue;
        }
        out.append(*value);
        text.remove_prefix(end + 1);
    }
}

environment_map inherited_environment() {
    environment_map out;
    for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
        add_entry(out, *at);
    }
    return out;
}

environment_map parse_environment(std::string_view text) {
    environment_map out;
    while (!text.empty()) {
        const auto end = text.find('\0');
        add_entry(out, text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
}

environment_map operation_environment(environment_map inherited, const environment_map& given,
                                      const run_substitutions& values) {
    environment_map out = std::move(inherited);
    out.erase("_");
    out.erase("OLDPWD");
    for (const auto& [name, text] : given) {
        std::string value = substitute(text, values);
        if (name == "PYTHONPATH" && !out["PYTHONPATH"].empty()) {
            value += ":" + out["PYTHONPATH"];
        }
        out.insert_or_assign(name, std::move(value));
    }
    const std::string id = std::filesystem::path(values.run_dir).filename().native();
    out.insert_or_assign("RUN_DIR", values.run_dir);
    out.insert_or_assign("RUN_ID", id);
    out.insert_or_assign("GUILD_HOME", values.home);
    out.insert_or_assign("PWD", values.run_dir);
    return out;
}

environment_map public_environment(const environment_map& environment,
                                   const std::vector<std::string>& secrets) {
    environment_map out;
    for (const auto& [name, value] : environment) {
        if (!is_secret(name, value, secrets)) {
            out.emplace(name, value);
        }
    }
    return out;
}

std::vector<std::string> environment_words(const environment_map& environment) {
    std::vector<std::string> out;
    out.reserve(environment.size());
    for (const auto& [name, value] : environment) {
        out.push_back(name + "=" + value);
    }
    return out;
}

std::string find_executable(const environment_map& environment, const std::string& name) {
    for (const auto directory : path_directories(environment)) {
        // Relative entries mean the run directory later on, where nobody keeps an interpreter.
        std::string candidate = std::string(directory) + "/" + name;
        if (directory.starts_with('/') && is_executable_file(candidate)) {
            return candidate;
        }
    }
    return {};
}

} // namespace outrider::agent
