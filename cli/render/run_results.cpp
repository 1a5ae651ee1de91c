#include "cli/render/run_results.hpp"

#include "cli/render/text_table.hpp"
#include "engine/text/shell_words.hpp"

namespace outrider::cli {
namespace {

std::string on(const std::string& remote) {
    return remote.empty() ? std::string() : " on " + remote;
}

std::string flag_lines(const std::vector<flag_shown>& flags) {
    std::string text;
    for (const auto& flag : flags) {
        text += "  " + flag.name + ": " + flag.value + "\n";
    }
    return text;
}

// " as a batch (4 trials)", " with skopt:gp optimizer (20 trials, minimize loss)"
std::string batch_words(const batch_shown& batch) {
    std::string count;
    if (batch.trials) {
        count = std::to_string(*batch.trials) + (*batch.trials == 1 ? " trial" : " trials");
    }
    if (batch.optimizer == "+") {
        return " as a batch (" + count + ")";
    }
    if (batch.optimizer == "skopt:random") {
        return " with random search (" + count + ")";
    }
    const bool maximize = batch.objective.starts_with('-');
    return " with " + batch.optimizer + " optimizer (" + count + (count.empty() ? "" : ", ") +
           (maximize ? "maximize " + batch.objective.substr(1) : "minimize " + batch.objective) +
           ")";
}

} // namespace

std::string run_preview(const question& asked) {
    const bool again = asked.kind == question_kind::start;
    const char* action = again                                      ? "start "
                         : asked.batch && asked.batch->stage_trials ? "stage trials for "
                         : asked.kind == question_kind::stage       ? "stage "
                                                                    : "run ";
    std::string text = std::string("You are about to ") + action;
    text += again ? asked.run_id + " (" + asked.operation + ")" : asked.operation;
    text += asked.batch ? batch_words(*asked.batch) : "";
    text += asked.background ? " in the background" : "";
    text += on(asked.remote);
    text += asked.batch && asked.batch->files
                ? " (flags below used unless specified in batch trial)"
                : "";
    text += "\n" + flag_lines(asked.flags);
    if (asked.batch && !asked.batch->flags.empty()) {
        text += "Optimizer flags:\n" + flag_lines(asked.batch->flags);
    }
    return text;
}

std::string staged_lines(const run_staged& staged, const std::string& program) {
    if (!staged.directory.empty()) {
        std::string command;
        for (const auto& word : staged.command) {
            command += (command.empty() ? "" : " ") + shell_quote(word);
        }
        return staged.operation + " staged in '" + staged.directory +
               "'\nTo start the operation, use \"(cd '" + staged.directory +
               "' && source .guild/ENV && " + command + ")\"\n";
    }
    if (staged.remote.empty()) {
        return staged.operation + " staged as " + staged.run_id +
               "\nTo start the operation, use '" + program + " run --start " + staged.run_id +
               "'\n";
    }
    // The doubled "as" is Guild's, and what reads its lines expects it.
    return staged.operation + " staged as on " + staged.remote + " as " + staged.run_id +
           "\nTo start the operation, use '" + program + " run -r " + staged.remote + " --start " +
           staged.run_id + "'\n";
}

std::string not_needed_lines(const run_not_needed& said, const run_table_view& view) {
    if (said.same_run) {
        return "Skipping run because flags have not changed (--needed specified)\n";
    }
    return "Skipping because the following runs match this operation (--needed specified):\n" +
           preview_table(said.runs, view);
}

std::string trials_table(const trials_listed& listed) {
    std::vector<table_row> rows(1, {{.text = "#"}});
    for (const auto& name : listed.flags) {
        rows.front().push_back({.text = name});
    }
    for (const auto& trial : listed.trials) {
        const std::string number = std::to_string(rows.size());
        auto& row = rows.emplace_back(1, table_cell{.text = number});
        for (const auto& value : trial) {
            row.push_back({.text = value});
        }
    }
    return format_table(std::move(rows), {});
}

std::string printed_lines(const command_printed& printed) {
    std::string text;
    for (const auto& word : printed.words) {
        text += (text.empty() ? "" : " ") + shell_quote(word);
    }
    text += text.empty() ? "" : "\n";
    for (const auto& [name, value] : printed.environment) {
        text += name + "=" + (value.empty() ? "" : shell_quote(value)) + "\n";
    }
    return text;
}

} // namespace outrider::cli
