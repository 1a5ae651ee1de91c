#include "cli/render/renderer.hpp"

#include "cli/arguments.hpp"
#include "cli/render/file_list.hpp"
#include "cli/render/remotes_text.hpp"
#include "cli/render/run_results.hpp"
#include "cli/render/run_steps.hpp"

#include <ostream>

namespace outrider::cli {

void renderer::show(const event& what) {
    std::visit([this](const auto& each) { on(each); }, what);
    out_.flush();
    err_.flush();
}

run_table_view renderer::table_view() const {
    return {.style = asked_.run_table, .place = place_, .far = !asked_.remote.empty()};
}

void renderer::on(const runs_listed& listed) {
    out_ << run_table(listed.rows, table_view());
    out_.flush();
    const auto shown = static_cast<std::int64_t>(listed.rows.size());
    if (shown < listed.total) {
        err_ << "Showing the first " << shown << " runs (" << listed.total
             << " total) - use --all to show all or -m to show more\n";
    }
}

void renderer::on(const run_progress& step) {
    err_ << step_lines(step);
}

void renderer::on(const run_left_running& left) {
    if (!left.detached) {
        out_ << left_running_lines(left, asked_.program);
        return;
    }
    // The terminal shows ^C where the cursor was.
    if (place_.screen.err) {
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

void renderer::on(const watch_started& watched) {
    if (!watched.quiet) {
        err_ << "Watching run " << watched.run_id << '\n';
    }
}

void renderer::on(const output_bytes& output) {
    out_.write(output.bytes.data(), static_cast<std::streamsize>(output.bytes.size()));
    if (!output.bytes.empty()) {
        in_line_ = output.bytes.back() != '\n';
    }
}

void renderer::on(const run_ended& ended) {
    if (!ended.quiet) {
        begin_line();
        err_ << "Run " << ended.run.id << " stopped with a status of '"
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
        err_ << "Stopping " << stop.run_id << " (pid " << stop.pid << ")\n";
    } else if (!stop.survivors.empty()) {
        err_ << "The following processes did not stop as expected:";
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
        err_ << "No matching runs\n";
        return;
    }
    err_ << "Nothing to " << what << ".\n";
}

void renderer::on(const runs_deleted& deleted) {
    err_ << (deleted.permanent ? "Permanently deleted " : "Deleted ") << deleted.count
         << " run(s)\n";
}

void renderer::on(const files_listed& files) {
    const bool far = !asked_.remote.empty();
    if (far && asked_.file_list.full_paths) {
        err_ << "WARNING: --full-path is ignored for runs of a remote\n" << std::flush;
    }
    out_ << file_list(files, asked_.file_list, {.home = place_.home, .far = far});
}

void renderer::on(const run_copying& copied) {
    err_ << "Copying " << copied.run_id << '\n';
}

void renderer::on(const remotes_listed& remotes) {
    out_ << remotes_table(remotes, place_.screen);
}

void renderer::on(const remote_available& answer) {
    out_ << remote_status_text(answer, asked_.verbose);
}

void renderer::on(const note& said) {
    err_ << (said.warning ? "WARNING: " : "")
         << with_names(said.text, asked_.program, asked_.command_name) << '\n';
}

// On a terminal, where output and messages meet, a message does not continue a line of the run.
void renderer::begin_line() {
    out_.flush();
    if (in_line_ && place_.screen.out && place_.screen.err) {
        err_ << '\n';
    }
    in_line_ = false;
}

} // namespace outrider::cli
