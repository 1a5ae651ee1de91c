#include "cli/arguments.hpp"
#include "cli/caller.hpp"
#include "cli/comment_editor.hpp"
#include "cli/completion/scripts.hpp"
#include "cli/descriptor_buffer.hpp"
#include "cli/interrupts.hpp"
#include "cli/logging.hpp"
#include "cli/pager.hpp"
#include "cli/render/presenter.hpp"
#include "cli/serve.hpp"
#include "cli/service_words.hpp"
#include "cli/session.hpp"
#include "cli/terminal_echo.hpp"
#include "engine/completion/completion.hpp"
#include "engine/completion/known_runs.hpp"
#include "engine/engine.hpp"
#include "engine/project/edited_flags.hpp"
#include "transports/every_transport.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>

#include <unistd.h>

namespace {

using namespace outrider;

constexpr int first_signal_exit_code = 128;

// Standard output and error of the process, unbuffered between events.
struct standard_streams {
    cli::descriptor_buffer out_buffer{STDOUT_FILENO};
    cli::descriptor_buffer err_buffer{STDERR_FILENO};
    std::ostream out{&out_buffer};
    std::ostream err{&err_buffer};
};

// A second signal, or one while a person is asked, ends the program at once: nothing is under way
// then that would be left half done.
void on_signal(int number, int count, const cli::session& session, engine_access& access) {
    if (session.asking()) {
        cli::terminal_echo::restore();
        std::ignore = ::write(STDERR_FILENO, "\n", 1); // cosmetic
        ::_exit(cli::aborted_exit_code);
    }
    if (count > 1) {
        ::_exit(first_signal_exit_code + number);
    }
    access.interrupt();
}

// What is to be done when nobody reads standard output any more, or the disk behind it is full.
int exit_code_after_output_failed(standard_streams& io, const cli::invocation& asked) {
    if (io.out_buffer.error() == EPIPE) {
        return first_signal_exit_code + SIGPIPE;
    }
    io.err << asked.program
           << ": standard output cannot be written: " << std::strerror(io.out_buffer.error())
           << '\n'
           << std::flush;
    return 1;
}

// The command as the engine gets it: with what a person has to write first.
result<command> prepared_command(const cli::invocation& asked, const command_context& context) {
    command what = asked.what;
    if (auto* commented = std::get_if<comment_command>(&what);
        commented != nullptr && asked.edit_comment) {
        auto text = cli::edit_comment(commented->add.value_or(""), context.environment);
        if (!text) {
            return text.error();
        }
        commented->add = std::move(*text);
    }
    auto* run = std::get_if<::outrider::run_command>(&what);
    if (run != nullptr && asked.edit_comment) {
        auto text = cli::edit_comment(run->comment, context.environment);
        if (!text) {
            return text.error();
        }
        run->comment = std::move(*text);
    }
    if (run != nullptr && asked.edit_flags) {
        const auto flags = editable_flags(*run, context);
        if (!flags) {
            return flags.error();
        }
        const auto text = cli::edit_text(*flags, context.environment);
        if (!text) {
            return text.error();
        }
        auto edited = edited_flags(*text);
        if (!edited) {
            return edited.error();
        }
        run->flags = std::move(*edited);
    }
    if (run != nullptr && (run->tests.output_scalars == "-" || run->tests.output_attrs == "-")) {
        run->tests.input.assign(std::istreambuf_iterator<char>(std::cin), {});
    }
    return what;
}

int end_with(const failure& why, const cli::invocation& asked, standard_streams& io) {
    const int exit_code =
        why.kind() == errc::aborted ? cli::aborted_exit_code : cli::failed_exit_code;
    const auto shown = cli::make_presenter(asked, {}, io.out, io.err);
    shown->fail(why, false);
    shown->finish(exit_code);
    return exit_code;
}

// Whether this is the plain list of a remote's runs.
bool lists_a_remote(const cli::invocation& asked) {
    const auto* listing = std::get_if<list_command>(&asked.what);
    return listing != nullptr && !asked.remote.empty() && !listing->deleted &&
           listing->archive.empty() && listing->selection.runs.empty() &&
           listing->selection.filter == run_filter{};
}

// Whether the command can only be done by the process that was called: its log is wanted, or a
// program is to have its terminal.
bool stays_here(const cli::invocation& asked, const command_context& context) {
    return asked.no_service || asked.verbosity > 0 || asked.debug ||
           context.environment.contains("OUTRIDER_LOG") || traits_of(asked.what).stays_in_process;
}

// What is about the service itself.
std::optional<int> service_exit_code(const cli::invocation& asked, const command_context& context,
                                     standard_streams& io) {
    using kind = cli::own_request::kind;
    const cli::service_talk talk{
        .asked = asked, .environment = context.environment, .out = io.out, .err = io.err};
    switch (asked.own.what) {
    case kind::serve:
        return cli::serve(asked, context, io.out, io.err);
    case kind::serve_status:
        return cli::tell_service_status(talk);
    case kind::serve_stop:
        return cli::stop_service(talk);
    default:
        return std::nullopt;
    }
}

int run_command(const cli::invocation& asked, standard_streams& io) {
    auto context = cli::context_of(asked, cli::own_environment());
    const auto place = cli::surroundings_of(context, asked.colour);
    cli::start_logging(asked, place.screen, context.environment);
    if (const auto done = service_exit_code(asked, context, io)) {
        return *done;
    }
    auto what = prepared_command(asked, context);
    // Who has just written something for these runs is not asked whether to write it.
    const bool comments = std::holds_alternative<comment_command>(asked.what);
    context.assume_yes = context.assume_yes || (comments && asked.edit_comment);
    if (!what) {
        return end_with(what.error(), asked, io);
    }
    const bool on_terminal = ::isatty(STDOUT_FILENO) == 1;
    auto paging = asked.page && on_terminal ? cli::pager::start(context.environment)
                                            : std::optional<cli::pager>();
    const bool paged = paging.has_value();
    cli::session session(asked, place, {.in = std::cin, .out = io.out, .err = io.err});
    // The completion of a shell never asks a remote: it offers what a listing said.
    const bool to_remember = lists_a_remote(asked);
    const command_context known = context;
    const auto opened = stays_here(asked, context)
                            ? opened_engine{.access = make_engine(), .note = {}}
                            : open_engine(context.environment);
    const auto& access = opened.access;
    if (!opened.note.empty()) {
        session.show(note{.warning = true, .text = opened.note});
    }
    bool output_failed = false;
    auto client = session.client();
    client.tell = [&, show = client.tell](const event& told, const std::string& remote) {
        show(told, remote);
        if (const auto* listed = std::get_if<runs_listed>(&told);
            listed && to_remember && listed->remotes.empty()) {
            remember_runs(known, asked.remote, *listed);
        }
        if (!io.out && !output_failed) {
            output_failed = true;
            access->interrupt();
        }
    };
    const auto submitted = access->submit(std::move(*what), std::move(context), std::move(client));
    if (!submitted) {
        return end_with(submitted.error(), asked, io);
    }
    const cli::interrupts heard([&](int number, int count) {
        // Where another program has the terminal, an interrupt is for that.
        if (number != SIGINT || (!session.away() && !paged)) {
            on_signal(number, count, session, *access);
        }
    });
    access->run();
    if (paged) {
        paging.reset(); // waits for the person to leave it
        return session.exit_code() == first_signal_exit_code + SIGINT ? 0 : session.exit_code();
    }
    return output_failed ? exit_code_after_output_failed(io, asked) : session.exit_code();
}

// What a shell offers; it wants an answer at once, or none.
int complete_words(const std::string& program, const cli::completion_request& asked,
                   standard_streams& io) {
    const auto source = [](const cli::invocation& at, const completion_query& query) {
        const auto context = cli::context_of(at, cli::own_environment());
        return completion_candidates(context, query);
    };
    io.out << cli::offer_lines(asked.shell, cli::complete(program, asked.words, source))
           << std::flush;
    return cli::succeeded_exit_code;
}

int give_completion_script(const std::string& program, const cli::completion_script_request& asked,
                           standard_streams& io) {
    const auto environment = cli::own_environment();
    const auto shell = asked.shell.empty() ? cli::shell_of_user(environment) : asked.shell;
    const auto script = cli::completion_script(shell, program);
    if (!asked.install) {
        io.out << script << std::flush;
        return cli::succeeded_exit_code;
    }
    const auto place = cli::target_of_script(shell, program, environment);
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path(place.file).parent_path(), failed);
    std::ofstream file(place.file, std::ios::trunc);
    file << script << std::flush;
    if (!file) {
        io.err << program << ": " << place.file << " cannot be written\n" << std::flush;
        return cli::failed_exit_code;
    }
    io.err << "Installed " << place.file << '\n' << place.hint << std::flush;
    return cli::succeeded_exit_code;
}

int run_program(int argc, char** argv) {
    standard_streams io;
    const auto program = cli::program_name(argc > 0 ? argv[0] : nullptr);
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    const auto parsed = cli::parse_arguments(program, words);
    if (const auto* ended = std::get_if<cli::early_end>(&parsed)) {
        io.out << ended->out << std::flush;
        io.err << ended->err << std::flush;
        return ended->exit_code;
    }
    if (const auto* words_typed = std::get_if<cli::completion_request>(&parsed)) {
        return complete_words(program, *words_typed, io);
    }
    if (const auto* script = std::get_if<cli::completion_script_request>(&parsed)) {
        return give_completion_script(program, *script, io);
    }
    return run_command(std::get<cli::invocation>(parsed), io);
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run_program(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << cli::program_name(argc > 0 ? argv[0] : nullptr)
                  << ": internal error: " << error.what() << '\n';
        return cli::failed_exit_code;
    }
}
