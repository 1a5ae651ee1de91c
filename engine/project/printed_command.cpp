#include "engine/project/printed_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace outrider {
namespace {

constexpr std::string_view interpreters[] = {"${python_exe}", "${guild_python_exe}"};

// What every process of a run gets says nothing about the operation.
constexpr std::string_view of_every_run[] = {"CMD_DIR", "GUILD_OP", "GUILD_SOURCECODE", "LOG_LEVEL",
                                             "PYTHONUNBUFFERED"};

std::string find_interpreter(const command_context& context) {
    const auto path = context.environment.find("PATH");
    std::string rest = path == context.environment.end() ? std::string() : path->second;
    while (!rest.empty()) {
        const std::string directory = rest.substr(0, rest.find(':'));
        rest.erase(0, directory.size() + 1);
        for (const char* name : {"/python3", "/python"}) {
            const std::string candidate = directory + name;
            if (directory.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) {
                return candidate;
            }
        }
    }
    return "python3";
}

std::string with_interpreter(std::string text, const std::string& python) {
    for (const auto interpreter : interpreters) {
        for (auto at = text.find(interpreter); at != text.npos;
             at = text.find(interpreter, at + python.size())) {
            text.replace(at, interpreter.size(), python);
        }
    }
    return text;
}

} // namespace

command_printed printed_command(const run_plan& plan, const command_context& context, bool words,
                                bool environment) {
    const std::string python = find_interpreter(context);
    command_printed out;
    if (words) {
        for (const auto& word : plan.start.command) {
            out.words.push_back(with_interpreter(word, python));
        }
    }
    if (environment) {
        for (const auto& [name, value] : plan.start.environment) {
            if (std::ranges::find(of_every_run, name) == std::end(of_every_run)) {
                out.environment[name] = with_interpreter(value, python);
            }
        }
    }
    return out;
}

} // namespace outrider
