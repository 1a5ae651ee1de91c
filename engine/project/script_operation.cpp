#include "engine/project/script_operation.hpp"

#include "engine/config/guild_home.hpp"
#include "engine/text/path_text.hpp"
#include "engine/text/shell_words.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include <unistd.h>

namespace outrider {
namespace {

namespace fs = std::filesystem;

// The deepest directory that is above both, or one of them.
fs::path common_directory(const fs::path& one, const fs::path& other) {
    fs::path out;
    for (auto a = one.begin(), b = other.begin(); a != one.end() && b != other.end() && *a == *b;
         ++a, ++b) {
        out /= *a;
    }
    return out;
}

// Guild tells by the name what a script is for.
std::vector<std::string> tags_of(std::string name) {
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name.find("train") != std::string::npos) {
        return {"model"};
    }
    return name.find("prepare") != std::string::npos ? std::vector<std::string>{"dataset"}
                                                     : std::vector<std::string>{};
}

chosen_operation script_in_python(const fs::path& path, const fs::path& working_directory) {
    const fs::path directory = path.parent_path();
    const fs::path root = common_directory(directory, working_directory);
    std::string module = path.lexically_relative(root).string();
    module.resize(module.size() - 3);
    chosen_operation out{.directory = root.string(), .script = directory.string()};
    out.op.name = path.filename().string();
    out.op.main = shell_quote(module);
    out.op.bare_flags = true;
    out.op.imports = {.said = true, .all = true};
    out.op.tags = tags_of(out.op.name);
    return out;
}

// It runs as the copy in the run, so that it is what was recorded.
chosen_operation executable(const fs::path& path, const std::string& name,
                            const std::string& working_directory) {
    chosen_operation out{.directory = path.parent_path().string(), .script = working_directory};
    out.op.name = name;
    out.op.exec = {path.string()};
    out.op.program = path.filename().string();
    return out;
}

} // namespace

result<std::optional<chosen_operation>> script_operation(const command_context& context,
                                                         const std::string& name) {
    if (name.empty()) {
        return std::optional<chosen_operation>();
    }
    const fs::path path = absolute_path(name, context.directory, user_home(context));
    std::error_code ec;
    if (!fs::exists(path, ec)) {
        return std::optional<chosen_operation>();
    }
    const bool is_file = fs::is_regular_file(path, ec);
    if (is_file && name.ends_with(".py")) {
        return std::optional(script_in_python(path, context.directory));
    }
    if (is_file && name.ends_with(".ipynb")) {
        return failure(errc::unsupported, "cannot run '" + name + "': notebooks are not there yet");
    }
    if (!is_file || ::access(path.c_str(), X_OK) != 0) {
        return failure(errc::bad_input, "cannot run '" + name + "': must be an executable file");
    }
    return std::optional(executable(path, name, context.directory));
}

} // namespace outrider
