#include "engine/project/printed_command.hpp"

#include "engine/core/find_program.hpp"

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
    for (const auto directory : path_directories(context.environment)) {
        for (const char* name : {"/python3", "/python"}) {
            std::string candidate = std::string(directory) + name;
            if (directory.starts_with('/') && is_executable_file(candidate)) {
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
        // The agent does what Guild has a module for.
        const std::vector<std::string> steps{"${guild_python_exe}", "-um", "guild.steps_main"};
        for (const auto& word : plan.pipeline ? steps : plan.start.command) {
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
