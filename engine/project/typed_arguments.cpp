#include "engine/project/typed_arguments.hpp"

#include "engine/config/guild_home.hpp"
#include "engine/text/path_text.hpp"

#include <filesystem>

namespace outrider {
namespace {

result<> check_batch_file(const std::string& name, const command_context& context) {
    std::error_code ec;
    if (std::filesystem::exists(absolute_path(name, context.directory, user_home(context)), ec)) {
        return failure(errc::unsupported, "batches are not there yet: @" + name);
    }
    const bool plain = !name.starts_with('/') && !name.starts_with('~') && !name.starts_with("./");
    return failure(errc::not_found,
                   "batch file " + std::string(plain ? "./" : "") + name + " does not exist");
}

} // namespace

result<> check_arguments(const std::vector<std::string>& typed, const command_context& context) {
    std::string wrong;
    for (const auto& word : typed) {
        const auto equals = word.find('=');
        if (!word.starts_with('@') && (equals == std::string::npos || equals == 0)) {
            wrong += word + "\n";
        }
    }
    if (!wrong.empty()) {
        return failure(errc::bad_input, "invalid argument(s):\n" + wrong + "expected NAME=VAL");
    }
    for (const auto& word : typed) {
        if (word.starts_with('@')) {
            return check_batch_file(word.substr(1), context);
        }
    }
    return {};
}

result<std::vector<std::string>> check_batch_options(const run_command& what) {
    if (what.print_trials) {
        return failure(errc::bad_input, "cannot print trials for a non-batch operation");
    }
    if (!what.optimizer_flags.empty()) {
        return failure(errc::bad_input, "invalid optimizer flag " + what.optimizer_flags.front() +
                                            ": no optimizer specified");
    }
    std::vector<std::string> notes;
    if (what.max_trials) {
        notes.emplace_back("not a batch run - ignoring --max-trials");
    }
    return notes;
}

} // namespace outrider
