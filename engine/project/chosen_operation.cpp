#include "engine/project/chosen_operation.hpp"

#include "engine/project/builtin_operations.hpp"
#include "engine/text/shell_words.hpp"

#include <filesystem>

namespace outrider {
namespace {

bool is_script(const std::string& directory, const std::string& name) {
    std::error_code ec;
    return name.ends_with(".py") && std::filesystem::is_regular_file(directory + "/" + name, ec);
}

operation_def script_operation(const std::string& name) {
    operation_def op{.name = name};
    op.main = shell_quote(name.substr(0, name.size() - 3));
    op.imports = {.said = true, .all = true};
    return op;
}

} // namespace

result<chosen_operation> choose_operation(const std::string& directory, const std::string& name) {
    auto file = load_guild_file(directory);
    if (!file) {
        return file.error();
    }
    chosen_operation out{.file = std::move(*file)};
    std::optional<failure> not_found;
    if (out.file) {
        auto found = find_operation(*out.file, name);
        if (found) {
            out.op = **found;
            return out;
        }
        not_found = found.error();
    }
    if (is_script(directory, name)) {
        out.op = script_operation(name);
        out.script = true;
        return out;
    }
    if (name == "queue") {
        out.op = queue_operation();
        out.builtin = true;
        return out;
    }
    if (not_found) {
        return *not_found;
    }
    if (name.empty()) {
        return failure(errc::not_found,
                       "cannot find a default operation: there is no guild.yml in " + directory +
                           "\nTry '{program} operations' for a list.");
    }
    // Guild's words; the hint is about models because a guild.yml may be elsewhere.
    return failure(errc::not_found,
                   "cannot find operation " + name +
                       (name.find(':') == std::string::npos
                            ? "\nYou may need to include a model in the form MODEL:OPERATION. Try "
                            : "\nTry ") +
                       "'{program} operations' for a list of available operations.");
}

} // namespace outrider
