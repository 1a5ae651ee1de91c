#include "cli/session.hpp"

#include "cli/arguments.hpp"
#include "cli/child_program.hpp"
#include "cli/prompt.hpp"
#include "cli/render/comparison_text.hpp"
#include "cli/render/questions.hpp"
#include "cli/render/renderer.hpp"
#include "engine/runs/small_file.hpp"

#include <ostream>
#include <utility>

namespace outrider::cli {

command_client session::client() {
    return {.tell = [this](const event& what, const std::string& remote) { show(what, remote); },
            .ask =
                [this](const question& asked, answer_taker give) {
                    questions_.put([this, asked, give = std::move(give)] { give(answer(asked)); });
                }};
}

void session::show(const event& what, const std::string& remote) {
    const std::scoped_lock alone(shared_);
    if (asking_) {
        // How far the copying was is told again.
        if (!std::holds_alternative<copy_progress>(what)) {
            held_.push_back({what, remote});
        }
        return;
    }
    for (const auto& each : std::exchange(held_, {})) {
        present(each);
    }
    present({what, remote});
}

void session::present(const told& one) {
    const event& what = one.what;
    if (const auto* ended = std::get_if<command_ended>(&what)) {
        end(*ended);
        presenter_->finish(exit_code_);
        return;
    }
    presenter_->show(what, one.remote);
    if (const auto* waited = std::get_if<runs_waited>(&what)) {
        timed_out_ = timed_out_ || waited->timed_out;
    } else if (const auto* wanted = std::get_if<program_wanted>(&what)) {
        start(*wanted);
    } else if (const auto* compared = std::get_if<runs_compared>(&what)) {
        write_table(*compared);
    }
}

std::optional<std::string> session::answer(const question& asked) {
    {
        const std::scoped_lock alone(shared_);
        presenter_->make_way();
        asking_ = true;
    }
    auto given = ask(asked);
    const std::scoped_lock alone(shared_);
    asking_ = false;
    return given;
}

namespace {

// To start nothing is an answer like another, as Guild has it.
bool is_one_of_starts(question_kind kind) {
    return kind == question_kind::run || kind == question_kind::stage ||
           kind == question_kind::start;
}

} // namespace

std::optional<std::string> session::ask(const question& asked) {
    const auto words = words_of(asked, table_view_of(asked_, place_));
    if (asked_.no_input) {
        declined_ = true;
        io_.err << words.preview << asked_.program
                << ": --no-input leaves a question open: " << words.prompt
                << (asked.kind == question_kind::secret ? "" : "; use -y to answer yes") << '\n'
                << std::flush;
        return std::nullopt;
    }
    if (asked.kind == question_kind::secret) {
        auto secret = read_secret(io_.in, io_.err, words.prompt, asked.echo);
        if (!secret) {
            declined_ = true;
            io_.err << asked_.program << ": standard input ended before the answer\n" << std::flush;
        }
        return secret;
    }
    io_.err << words.preview;
    const bool of_run = is_one_of_starts(asked.kind);
    switch (confirm(io_.in, io_.err, words.prompt, words.usually)) {
    case confirmation::yes:
        return "yes";
    case confirmation::ended:
        if (of_run && !asked_.no_input) { // Guild's code; it says nothing here
            aborted_exit_code_ = failed_exit_code;
            break;
        }
        io_.err << asked_.program << ": standard input ended; use -y to answer yes\n" << std::flush;
        break;
    case confirmation::no:
        if (of_run) {
            return "no";
        }
        break;
    }
    declined_ = true;
    return std::nullopt;
}

void session::start(const program_wanted& wanted) {
    const auto child = start_program({.words = wanted.words, .directory = wanted.directory});
    if (!child) {
        program_exit_code_ = failed_exit_code;
        io_.err << error_text(child.error(), asked_);
        if (wanted.words.front() == "xdg-open") {
            io_.err << "Name a program with '" << asked_.program << " open -c CMD'.\n";
        }
        io_.err << std::flush;
        return;
    }
    away_ = true;
    program_exit_code_ = wait_for_program(*child);
    away_ = false;
}

void session::write_table(const runs_compared& compared) {
    const auto* asked = std::get_if<compare_command>(&asked_.what);
    if (asked == nullptr || !asked->csv || *asked->csv == "-") {
        return;
    }
    const auto path = fs::path(place_.directory) / *asked->csv; // an absolute one stays
    auto written = make_directories(path.parent_path());
    if (written) {
        written = write_new_file(path, comparison_csv(compared));
    }
    if (written) {
        io_.err << "Wrote " << compared.rows.size() << " row(s) to " << *asked->csv << '\n';
    } else {
        program_exit_code_ = failed_exit_code;
        io_.err << error_text(written.error(), asked_);
    }
    io_.err << std::flush;
}

void session::end(const command_ended& ended) {
    if (ended.error) {
        fail(*ended.error);
    } else if (timed_out_) {
        exit_code_ = timed_out_exit_code;
    } else if (ended.exit_status) {
        exit_code_ = exit_code_of(*ended.exit_status);
    } else {
        exit_code_ = program_exit_code_;
    }
}

void session::fail(const failure& why) {
    const errc kind = why.kind();
    exit_code_ = kind == errc::aborted               ? aborted_exit_code_
                 : kind == errc::cancelled           ? interrupted_exit_code
                 : kind == errc::unreachable_in_part ? unreachable_exit_code
                                                     : failed_exit_code;
    // Who declined or interrupted needs no explanation.
    // So does who reads no more of the output.
    const bool known = (kind == errc::aborted && declined_) ||
                       (kind == errc::cancelled && (why.context.empty() || io_.out.fail()));
    presenter_->fail(why, known);
}

int exit_code_of(std::int64_t exit_status) noexcept {
    constexpr int first_signal = 128;
    return exit_status < 0 ? first_signal - static_cast<int>(exit_status)
                           : static_cast<int>(exit_status & 0xff);
}

} // namespace outrider::cli
