#include "engine/project/typed_arguments.hpp"

#include "engine/config/guild_home.hpp"

#include <algorithm>
#include <iterator>

namespace outrider {
result<> check_arguments(const std::vector<std::string>& typed) {
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
    return {};
}

result<batch_file> read_batch_files(const std::vector<std::string>& typed,
                                    const command_context& context) {
    batch_file out;
    for (const auto& word : typed) {
        if (!word.starts_with('@')) {
            continue;
        }
        auto read = read_batch_file(word.substr(1),
                                    {.directory = context.directory, .home = user_home(context)});
        if (!read) {
            return read.error();
        }
        std::ranges::move(read->trials, std::back_inserter(out.trials));
        std::ranges::move(read->notes, std::back_inserter(out.notes));
    }
    return out;
}

result<std::vector<std::string>> check_batch_options(const run_command& what) {
    if (what.print_trials) {
        return failure(errc::bad_input, "cannot print trials for a non-batch operation");
    }
    if (!what.save_trials.empty()) {
        return failure(errc::bad_input, "cannot save trials for a non-batch operation");
    }
    if (!what.optimizer_flags.empty()) {
        return failure(errc::bad_input, "invalid optimizer flag " + what.optimizer_flags.front() +
                                            ": no optimizer specified");
    }
    std::vector<std::string> notes;
    if (what.max_trials) {
        notes.emplace_back("not a batch run - ignoring --max-trials");
    }
    if (!what.batch_comment.empty()) {
        notes.emplace_back("operation is not a batch - ignoring batch comment");
    }
    return notes;
}

} // namespace outrider
