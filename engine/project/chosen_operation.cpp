#include "engine/project/chosen_operation.hpp"

#include "engine/project/builtin_operations.hpp"
#include "engine/project/script_operation.hpp"

namespace outrider {

result<chosen_operation> choose_operation(const command_context& context, const std::string& name) {
    auto file = load_guild_file(context.directory);
    if (!file) {
        return file.error();
    }
    std::optional<failure> not_found;
    if (*file) {
        auto found = find_operation(**file, name);
        if (found) {
            operation_def op = **found; // before the file is moved from
            return chosen_operation{
                .file = std::move(*file), .op = std::move(op), .directory = context.directory};
        }
        not_found = found.error();
    }
    auto script = script_operation(context, name);
    if (!script) {
        return script.error();
    }
    if (*script) {
        return std::move(**script);
    }
    if (name == "queue") {
        return chosen_operation{
            .op = queue_operation(), .directory = context.directory, .builtin = true};
    }
    if (not_found) {
        return *not_found;
    }
    if (name.empty()) {
        return failure(errc::not_found,
                       "cannot find a default operation: there is no guild.yml in " +
                           context.directory + "\nTry '{program} operations' for a list.");
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
