#include "cli/render/run_results.hpp"

#include "engine/text/shell_words.hpp"

namespace outrider::cli {
namespace {

std::string on(const std::string& remote) {
    return remote.empty() ? std::string() : " on " + remote;
}

} // namespace

std::string run_preview(const question& asked) {
    const bool again = asked.kind == question_kind::start;
    const char* action = again ? "start " : asked.kind == question_kind::stage ? "stage " : "run ";
    std::string text = std::string("You are about to ") + action;
    text += again ? asked.run_id + " (" + asked.operation + ")" : asked.operation;
    text += asked.background ? " in the background" : "";
    text += on(asked.remote) + "\n";
    for (const auto& flag : asked.flags) {
        text += "  " + flag.name + ": " + flag.value + "\n";
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
