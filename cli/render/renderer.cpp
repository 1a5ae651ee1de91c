#include "cli/render/renderer.hpp"

#include "cli/arguments.hpp"
#include "cli/render/batch_progress_text.hpp"
#include "cli/render/comparison_text.hpp"
#include "cli/render/copy_lines.hpp"
#include "cli/render/copy_progress_text.hpp"
#include "cli/render/edit_text.hpp"
#include "cli/render/file_list.hpp"
#include "cli/render/job_text.hpp"
#include "cli/render/machine_text.hpp"
#include "cli/render/name_text.hpp"
#include "cli/render/operations_text.hpp"
#include "cli/render/project_text.hpp"
#include "cli/render/remembered_text.hpp"
#include "cli/render/run_info.hpp"
#include "cli/render/run_results.hpp"
#include "cli/render/run_steps.hpp"
#include "cli/render/test_text.hpp"

#include <boost/mp11.hpp>

#include <chrono>
#include <ostream>
#include <type_traits>
#include <utility>

namespace outrider::cli {

namespace {

watched_output_style output_style(const invocation& asked, const terminal& screen) {
    const auto* watch = std::get_if<watch_command>(&asked.what);
    return {.terminal = screen.out,
            .colour = screen.colour,
            .timestamps = watch != nullptr && watch->timestamps};
}

} // namespace

renderer::renderer(const invocation& asked, const surroundings& place, std::ostream& out,
                   std::ostream& err)
    : asked_(asked), place_(place), out_(out), err_(err),
      watched_(output_style(asked, place.screen)) {}

void renderer::show(const event& what, const std::string& remote) {
    of_ = remote;
    track_watch(what);
    // What a run of this machine prints can be read later, on this machine.
    const auto* run = std::get_if<run_command>(&asked_.what);
    const bool of_run =
        run != nullptr && run->remote.empty() && std::holds_alternative<output_bytes>(what);
    if (asked_.quiet && (of_run || is_only_told(what))) {
        return;
    }
    make_way();
    std::visit([this](const auto& each) { on(each); }, what);
    out_.flush();
    if (!progress_.empty() && !in_line_) {
        err_ << progress_.drawn();
        progress_drawn_ = true;
    }
    err_.flush();
}

void renderer::make_way() {
    if (progress_drawn_) {
        err_ << progress_block::erased << std::flush;
        progress_drawn_ = false;
    }
}

// Also where nothing of it is said: it decides how the output looks.
void renderer::track_watch(const event& what) {
    if (const auto* begun = std::get_if<watch_started>(&what)) {
        watched_.begin(*begun, of_);
    } else if (const auto* ended = std::get_if<run_ended>(&what)) {
        write_output(watched_.rest_of(ended->run.id, of_));
        progress_.remove(ended->run.id);
    } else if (const auto* left = std::get_if<run_left_running>(&what)) {
        write_output(watched_.rest_of(left->run_id, of_));
        progress_.remove(left->run_id);
    }
}

void renderer::write_output(const std::string& text) {
    if (!text.empty()) {
        out_.write(text.data(), static_cast<std::streamsize>(text.size()));
        in_line_ = text.back() != '\n';
    }
}

void renderer::finish(int exit_code) {
    make_way();
    out_ << watched_.rest() << std::flush;
    // After a failure the sum would be one of what happened to be looked at.
    if (exit_code == 0) {
        out_ << plan_.last_line() << std::flush;
    }
}

void renderer::fail(const failure& why, bool told) {
    make_way();
    if (!told) {
        begin_line();
        err_ << error_text(why, asked_) << std::flush;
    }
}

void renderer::on(const runs_listed& listed) {
    if (const auto* asked = std::get_if<list_command>(&asked_.what); asked && asked->comments) {
        std::vector<std::string> below;
        for (const auto& each : listed.details) {
            below.push_back(comment_lines(each.comments));
        }
        out_ << run_table(listed.rows, table_view(), below);
    } else {
        out_ << run_table(listed.rows, table_view(), detail_lines(listed));
    }
    out_.flush();
    err_ << remembered_lines(listed.remembered,
                             std::chrono::duration_cast<std::chrono::microseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count());
    const auto shown = static_cast<std::int64_t>(listed.rows.size());
    const auto* how = std::get_if<list_command>(&asked_.what);
    if (shown < listed.total && !asked_.quiet && (how == nullptr || !how->limited)) {
        err_ << "Showing the first " << shown << " runs (" << listed.total
             << " total) - use --all to show all or -m to show more\n";
    }
}

// What `-v` shows under each row.
std::vector<std::string> renderer::detail_lines(const runs_listed& listed) const {
    std::vector<std::string> out;
    for (const auto& each : listed.details) {
        std::string& lines = out.emplace_back();
        for (const auto& [name, value] : run_info_lines({.run = each})) {
            lines += "  " + name + ": " + value + "\n";
        }
    }
    return out;
}

void renderer::on(const run_progress& step) {
    err_ << step_lines(step);
}

void renderer::on(const run_left_running& left) {
    if (left.glimpsed) {
        begin_line();
        err_ << "Run " << left.run_id << where() << " is still running\n";
        return;
    }
    if (!left.detached) {
        out_ << left_running_lines(left, asked_.program);
        return;
    }
    // The terminal shows ^C where the cursor was.
    if (place_.screen.err && !std::exchange(detached_, true)) {
        err_ << '\n';
    }
    err_ << left_running_lines(left, asked_.program);
}

void renderer::on(const run_staged& staged) {
    out_ << staged_lines(staged, asked_.program);
}

void renderer::on(const run_not_needed& said) {
    out_ << not_needed_lines(said, table_view());
}

void renderer::on(const command_printed& printed) {
    out_ << printed_lines(printed);
}

void renderer::on(const trials_listed& listed) {
    out_ << trials_table(listed);
}

void renderer::on(const operation_help& help) {
    out_ << operation_help_text(help.operation, asked_.program);
}

void renderer::on(const operations_listed& listed) {
    out_ << operations_table(listed, place_.screen, asked_.verbose);
}

void renderer::on(const model_help& help) {
    out_ << model_help_text(help.model, asked_.program);
}

void renderer::on(const models_listed& listed) {
    out_ << models_table(listed, place_.screen);
}

void renderer::on(const project_help& help) {
    out_ << project_help_text(help, asked_.program);
}

void renderer::on(const flags_tested& tested) {
    out_ << flags_test_text(tested);
}

void renderer::on(const sourcecode_tested& tested) {
    out_ << sourcecode_test_text(tested);
}

void renderer::on(const output_tested& tested) {
    out_ << output_test_text(tested);
}

void renderer::on(const watch_started& watched) {
    if (!watched.quiet) {
        err_ << "Watching run " << watched.run_id << where() << '\n';
    }
}

void renderer::on(const output_bytes& output) {
    write_output(watched_.text_of(output, of_));
}

void renderer::on(const batch_progress& progress) {
    if (place_.screen.err_width && !asked_.quiet) {
        progress_.set(progress.run_id, batch_progress_line(progress, *place_.screen.err_width - 1));
    }
}

void renderer::on(const run_ended& ended) {
    if (!ended.quiet) {
        begin_line();
        err_ << "Run " << ended.run.id << where() << " stopped with a status of '"
             << boost::describe::enum_to_string(ended.run.state, "error") << "'\n";
        // An exit status speaks for itself.
        if (!ended.run.exit_status && !ended.run.reason.empty()) {
            err_ << "Reason: " << ended.run.reason << '\n';
        }
    }
}

void renderer::on(const stop_progress& stop) {
    if (stop.not_running) {
        out_ << "Run " << stop.run_id << " is not running\n";
    } else if (!stop.done) {
        err_ << "Stopping " << stop.run_id << " ("
             << (stop.job.empty() ? "pid " + std::to_string(stop.pid) : "job " + stop.job) << ")\n";
    } else if (!stop.survivors.empty()) {
        err_ << "The following " << (stop.job.empty() ? "processes" : "jobs")
             << " did not stop as expected:";
        const char* separator = " ";
        for (const auto pid : stop.survivors) {
            err_ << separator << pid;
            separator = ", ";
        }
        err_ << '\n';
    }
}

void renderer::on(const nothing_selected& nothing) {
    const char* what = "";
    switch (nothing.what) {
    case nothing_to::stop:
        what = "stop";
        break;
    case nothing_to::remove:
        what = "delete";
        break;
    case nothing_to::restore:
        what = "restore";
        break;
    case nothing_to::purge:
        what = "purge";
        break;
    case nothing_to::change:
        err_ << "No runs to modify.\n";
        return;
    case nothing_to::unmark:
        err_ << "No runs to unmark.\n";
        return;
    case nothing_to::wait:
        what = "wait for";
        break;
    }
    err_ << "Nothing to " << what << ".\n";
}

void renderer::on(const runs_deleted& deleted) {
    for (const auto& link : deleted.links) {
        err_ << "Run " << link.run_id << " was a link, which is removed: its files stay in "
             << name_text(link.target) << '\n';
    }
    if (deleted.count == 0 && !deleted.links.empty()) {
        return;
    }
    err_ << (deleted.permanent ? "Permanently deleted " : "Deleted ") << deleted.count
         << " run(s)\n";
}

void renderer::on(const runs_restored& restored) {
    err_ << "Restored " << restored.count << " run(s)\n";
}

void renderer::on(const runs_edited& edited) {
    err_ << edit_line(edited);
}

void renderer::on(const tags_listed& listed) {
    for (const auto& tag : listed.tags) {
        out_ << tag << '\n';
    }
}

void renderer::on(const comments_listed& listed) {
    out_ << comments_text(listed, table_view());
}

void renderer::on(const runs_waited& waited) {
    err_ << waited_lines(waited);
}

void renderer::on(const files_listed& files) {
    const bool far = !asked_.remote.empty();
    if (far && asked_.file_list.full_paths) {
        err_ << "WARNING: --full-path is ignored for runs of a remote\n" << std::flush;
    }
    out_ << file_list(files, asked_.file_list, {.home = place_.home, .far = far});
}

// A file is written by the session, which knows how the command ends.
void renderer::on(const runs_compared& compared) {
    const auto* asked = std::get_if<compare_command>(&asked_.what);
    if (asked == nullptr || !asked->csv) {
        const bool whole = asked == nullptr || asked->table;
        out_ << comparison_table(compared, whole ? std::nullopt : place_.screen.width);
    } else if (*asked->csv == "-") {
        out_ << comparison_csv(compared);
    }
}

void renderer::on(const scalars_listed& listed) {
    out_ << scalars_list(listed);
}

void renderer::on(const run_described& described) {
    const auto* asked = std::get_if<info_command>(&asked_.what);
    const info_command sections = asked != nullptr ? *asked : info_command{};
    out_ << run_info_text(described, sections);
}

void renderer::on(const runs_selected& selected) {
    for (const auto& value : selected.values) {
        out_ << value << '\n';
    }
}

void renderer::on(const run_copying& copied) {
    const auto* sync = std::get_if<sync_command>(&asked_.what);
    // A follow goes on for days: it says once which runs it follows.
    if (sync != nullptr && sync->follow && !followed_.insert(copied.run_id).second) {
        return;
    }
    err_ << copy_lines(copied, asked_);
}

void renderer::on(const run_resolving& looked_up) {
    err_ << copy_lines(looked_up);
}

bool renderer::shows_progress() const {
    return place_.screen.err_width && !asked_.quiet &&
           traits_of(asked_.what).copies != copy_way::none;
}

void renderer::on(const copy_progress& progress) {
    if (shows_progress()) {
        // Some terminals go to the next line once the last column is written.
        const auto width = *place_.screen.err_width - 1;
        progress_.set(progress.remote, copy_progress_line(progress, width));
    }
}

void renderer::on(const run_copied& copied) {
    if (shows_progress()) {
        err_ << copied_run_lines(copied);
    }
}

void renderer::on(const copy_planned& planned) {
    out_ << plan_.lines(planned, asked_.what);
}

void renderer::on(const copy_summary& summary) {
    progress_.remove(summary.remote);
    if (summary.dry_run) {
        plan_.add(summary);
    } else if (shows_progress()) {
        err_ << copy_summary_line(summary);
    }
}

void renderer::on(const machine_checked& checked) {
    out_ << check_text(checked);
}

void renderer::on(const machine_examined& examined) {
    out_ << doctor_text(examined, place_.screen.colour);
}

void renderer::on(const remotes_listed& remotes) {
    out_ << remotes_table(remotes, place_.screen);
}

void renderer::on(const remote_available& answer) {
    out_ << remote_status_text(answer, asked_.verbose);
}

void renderer::on(const job_added& added) {
    err_ << job_added_lines(added.job, asked_.program);
}

void renderer::on(const jobs_listed& listed) {
    out_ << jobs_table(listed, place_.screen);
}

void renderer::on(const jobs_removed& removed) {
    err_ << jobs_removed_lines(removed);
}

void renderer::on(const note& said) {
    err_ << (said.warning ? "WARNING: " : "")
         << with_names(said.text, asked_.program, asked_.command_name) << '\n';
}

void renderer::on(const remote_failed& failed) {
    const auto& text = failed.message;
    const bool named = text.starts_with(failed.remote);
    err_ << asked_.program << ": " << (named ? "" : failed.remote + ": ")
         << with_names(text, asked_.program, asked_.command_name) << '\n';
}

// On a terminal, where output and messages meet, a message does not continue a line of the run.
void renderer::begin_line() {
    out_.flush();
    if (in_line_ && place_.screen.out && place_.screen.err) {
        err_ << '\n';
    }
    in_line_ = false;
}

bool is_only_told(const event& what) {
    return std::visit(
        []<class Event>(const Event& each) {
            if constexpr (std::is_same_v<Event, note>) {
                return !each.warning;
            } else if constexpr (std::is_same_v<Event, stop_progress>) {
                return !each.not_running && each.survivors.empty();
            } else if constexpr (std::is_same_v<Event, copy_summary>) {
                return !each.dry_run;
            } else if constexpr (std::is_same_v<Event, run_left_running>) {
                return each.detached || each.glimpsed;
            } else {
                using told =
                    boost::mp11::mp_list<run_progress, watch_started, batch_progress, run_ended,
                                         nothing_selected, runs_deleted, runs_restored, runs_edited,
                                         run_copying, run_resolving, copy_progress, run_copied,
                                         job_added, jobs_removed>;
                return boost::mp11::mp_contains<told, Event>::value;
            }
        },
        what);
}

namespace {

// Answers of Guild's that are tables for people stand without the program's name before them.
bool stands_alone(const std::string& text) {
    return text.starts_with("Operation requires the following missing flags:") ||
           text.starts_with("Unsupported value for '") ||
           text == "Aborting due to an empty comment.";
}

} // namespace

std::string error_text(const failure& why, const invocation& asked) {
    const auto text = why.context.empty() ? why.code.message() : why.context;
    if (why.kind() == errc::bad_project) {
        return "ERROR: " + text + "\n" + asked.program +
               ": guildfile in the current directory contains an error (see above for details)\n";
    }
    return (stands_alone(text) ? "" : asked.program + ": ") +
           with_names(text, asked.program, asked.command_name) + "\n";
}

} // namespace outrider::cli
