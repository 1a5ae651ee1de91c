#include "cli/arguments.hpp"
#include "cli/caller.hpp"
#include "cli/comment_editor.hpp"
#include "cli/descriptor_buffer.hpp"
#include "cli/interrupts.hpp"
#include "cli/logging.hpp"
#include "cli/pager.hpp"
#include "cli/session.hpp"
#include "cli/terminal_echo.hpp"
#include "engine/engine.hpp"
#include "transports/every_transport.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
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
void on_signal(int number, int count, const cli::session& session, engine& heart) {
    if (session.asking()) {
        cli::terminal_echo::restore();
        std::ignore = ::write(STDERR_FILENO, "\n", 1); // cosmetic
        ::_exit(cli::aborted_exit_code);
    }
    if (count > 1) {
        ::_exit(first_signal_exit_code + number);
    }
    heart.interrupt();
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
    if (auto* commented = std::get_if<comment_command>(&what); asked.edit_comment) {
        auto text = cli::edit_comment(commented->add.value_or(""), context.environment);
        if (!text) {
            return text.error();
        }
        commented->add = std::move(*text);
    }
    return what;
}

int end_with(const failure& why, const cli::invocation& asked, standard_streams& io) {
    io.err << cli::error_text(why, asked) << std::flush;
    return why.kind() == errc::aborted ? cli::aborted_exit_code : 1;
}

int run_command(const cli::invocation& asked, standard_streams& io) {
    auto context = cli::context_of(asked, cli::own_environment());
    if (!context) {
        return end_with(context.error(), asked, io);
    }
    cli::start_logging(asked.debug, context->environment);
    auto what = prepared_command(asked, *context);
    if (!what) {
        return end_with(what.error(), asked, io);
    }
    const bool on_terminal = ::isatty(STDOUT_FILENO) == 1;
    auto paging = asked.page && on_terminal ? cli::pager::start(context->environment)
                                            : std::optional<cli::pager>();
    const bool paged = paging.has_value();
    cli::session session(asked, cli::surroundings_of(*context),
                         {.in = std::cin, .out = io.out, .err = io.err});
    const auto heart = make_engine();
    bool output_failed = false;
    const auto submitted = heart->submit(
        std::move(*what), std::move(*context),
        [&](const event& told) {
            session.show(told);
            if (!io.out && !output_failed) {
                output_failed = true;
                heart->interrupt();
            }
        },
        [&](const question& put) { return session.answer(put); });
    if (!submitted) {
        return end_with(submitted.error(), asked, io);
    }
    const cli::interrupts heard([&](int number, int count) {
        // Where another program has the terminal, an interrupt is for that.
        if (number != SIGINT || (!session.away() && !paged)) {
            on_signal(number, count, session, *heart);
        }
    });
    heart->run();
    if (paged) {
        paging.reset(); // waits for the person to leave it
        return session.exit_code() == first_signal_exit_code + SIGINT ? 0 : session.exit_code();
    }
    return output_failed ? exit_code_after_output_failed(io, asked) : session.exit_code();
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
    return run_command(std::get<cli::invocation>(parsed), io);
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run_program(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << cli::program_name(argc > 0 ? argv[0] : nullptr)
                  << ": internal error: " << error.what() << '\n';
        return 1;
    }
}
