#include "cli/render/questions.hpp"

#include "cli/render/run_results.hpp"

namespace outrider::cli {
namespace {

constexpr const char yes_usually[] = "? (Y/n) ";
constexpr const char no_usually[] = "? (y/N) ";

question_text about_runs(const question& asked, const run_table_view& view, const char* heading,
                         const std::string& prompt) {
    return {.preview = std::string(heading) + "\n" + preview_table(asked.runs, view),
            .prompt = prompt};
}

} // namespace

question_text words_of(const question& put, const run_table_view& view) {
    question asked = put;
    for (const auto& each : put.remotes) {
        asked.remote += (asked.remote.empty() ? "" : ", ") + each;
    }
    const std::string runs = " " + std::to_string(asked.runs.size()) + " run(s)";
    const bool removal =
        asked.kind == question_kind::remove || asked.kind == question_kind::remove_permanently;
    if (removal && !asked.text.empty()) { // the second question, about running ones
        return {.preview = asked.text + "\n",
                .prompt = std::string("Really delete these runs") + no_usually,
                .usually = false};
    }
    switch (asked.kind) {
    case question_kind::run:
    case question_kind::stage:
    case question_kind::start:
        return {.preview = run_preview(asked), .prompt = std::string("Continue") + yes_usually};
    case question_kind::remove:
        return about_runs(asked, view, "You are about to delete the following runs:",
                          "Delete" + runs + yes_usually);
    case question_kind::remove_permanently: {
        auto words = about_runs(asked, view,
                                "WARNING: You are about to permanently delete the following runs:",
                                "Permanently delete" + runs + no_usually);
        words.usually = false;
        return words;
    }
    case question_kind::stop: {
        auto words = about_runs(
            asked, view, "You are about to stop the following runs:", "Stop" + runs + no_usually);
        words.usually = false;
        return words;
    }
    case question_kind::pull: {
        const auto heading = "You are about to copy (pull" + asked.text +
                             ") the following runs from " + asked.remote + ":";
        return about_runs(asked, view, heading.c_str(), std::string("Continue") + yes_usually);
    }
    case question_kind::restore:
        return about_runs(asked, view, "You are about to restore the following runs:",
                          "Restore" + runs + yes_usually);
    case question_kind::purge: {
        auto words = about_runs(asked, view,
                                "WARNING: You are about to permanently delete the following runs:",
                                "Permanently delete" + runs + no_usually);
        words.usually = false;
        return words;
    }
    case question_kind::push: {
        const auto heading = "You are about to copy (push" + asked.text +
                             ") the following runs to " + asked.remote + ":";
        return about_runs(asked, view, heading.c_str(), std::string("Continue") + yes_usually);
    }
    case question_kind::change:
        return about_runs(asked, view, asked.text.c_str(), std::string("Continue") + yes_usually);
    case question_kind::change_for_good: {
        auto words =
            about_runs(asked, view, asked.text.c_str(), std::string("Continue") + no_usually);
        words.usually = false;
        return words;
    }
    case question_kind::copy_resources:
        return {.preview = "WARNING: You specified --copy-resources, which will copy resources "
                           "used by each run.\n",
                .prompt = std::string("Really copy resources exported runs") + no_usually,
                .usually = false};
    case question_kind::remote_start:
        return {.preview = asked.text.empty()
                               ? "You are about to start remote " + asked.remote + "\n"
                               : "You are about to reinitialize remote " + asked.remote + "\n  " +
                                     asked.text + "\n",
                .prompt = std::string("Continue") + yes_usually};
    case question_kind::remote_stop:
        return {.preview = "You are about to STOP remote " + asked.remote + "\n" + asked.text,
                .prompt = std::string("Continue") + no_usually,
                .usually = false};
    case question_kind::secret:
        break;
    }
    return {.prompt = asked.text};
}

} // namespace outrider::cli
