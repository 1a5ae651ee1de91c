#include "engine/commands/starting/trial_listing.hpp"

#include "engine/config/guild_home.hpp"
#include "engine/project/batch_plan.hpp"
#include "engine/project/printed_command.hpp"
#include "engine/project/trial_table.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/text/path_text.hpp"

#include <filesystem>
#include <fstream>

namespace outrider {
namespace {

const outcome failed_outcome{1}; // what the batch itself would end with

result<> write_trials(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text << std::flush;
    return file ? result<>() : errno_failure(errno, "cannot write " + path);
}

awaitable<result<outcome>> save_trials(command_session& session, const std::string& name,
                                       const std::vector<flag_map>& trials) {
    const std::string extension = std::filesystem::path(name).extension().native();
    if (!extension.empty() && extension != ".csv" && extension != ".json") {
        co_return failure(errc::bad_input, "Unsupported extension '" + extension +
                                               "' - use '.csv', '.json', or no extension");
    }
    session.emit(note{.text = "Saving trials to " + name});
    const auto& context = session.context();
    const std::string path = absolute_path(name, context.directory, user_home(context));
    const std::string text = extension == ".json" ? trials_json(trials) : trials_csv(trials);
    auto written = co_await run_blocking([path, text] { return write_trials(path, text); });
    if (!written) {
        co_return written.error();
    }
    co_return outcome{};
}

// The command of the batch, then one line for each trial.
result<outcome> print_commands(command_session& session, const run_command& what,
                               const run_plan& prototype) {
    const batch_plan& batch = *prototype.batch;
    session.emit(printed_command(batch.run, session.context(), what.print_cmd, what.print_env));
    if (!batch.failed.empty()) {
        session.emit(note{.text = batch.failed});
        return failed_outcome;
    }
    for (const auto& flags : batch.trials) {
        auto trial = plan_trial(prototype, flags);
        if (!trial) {
            return trial.error();
        }
        run_plan shown;
        shown.start.command = std::move(trial->command);
        shown.start.environment = prototype.start.environment;
        for (auto& [name, value] : trial->environment) {
            shown.start.environment[name] = std::move(value);
        }
        session.emit(printed_command(shown, session.context(), what.print_cmd, what.print_env));
    }
    return outcome{};
}

} // namespace

bool only_shows_trials(const run_command& what) {
    return what.print_trials || !what.save_trials.empty() || what.print_cmd || what.print_env;
}

awaitable<result<outcome>> show_trials(command_session& session, const run_command& what,
                                       const run_plan& prototype) {
    const batch_plan& batch = *prototype.batch;
    if (!what.print_trials && what.save_trials.empty()) {
        co_return print_commands(session, what, prototype);
    }
    if (batch.kind == batch_kind::search || batch.kind == batch_kind::program) {
        session.emit(note{.text = std::string("ERROR: [guild] optimizer does not support ") +
                                  (what.print_trials ? "printing trials" : "saving trials")});
        co_return failed_outcome;
    }
    if (!batch.failed.empty()) {
        session.emit(note{.text = batch.failed});
        co_return failed_outcome;
    }
    if (what.print_trials) {
        session.emit(list_trials(batch.trials));
        co_return outcome{};
    }
    co_return co_await save_trials(session, what.save_trials, batch.trials);
}

} // namespace outrider
