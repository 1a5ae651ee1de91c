#include "engine/agent/children/elsewhere_step.hpp"

#include "engine/agent/children/child_output.hpp"
#include "engine/agent/machine/child_program.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace outrider::agent {
namespace {

/// Between two looks at a program whose end nobody tells.
constexpr int look_ms = 100;

// Its output on ours; nothing where a signal came first.
result<std::optional<int>> run_words(const std::vector<std::string>& words,
                                     const std::string& directory, int signals) {
    auto program = child_program::start(
        {.words = words, .directory = directory, .environment = inherited_environment()});
    if (!program) {
        return program.error();
    }
    bool open = true;
    while (open || !(*program)->exit_status()) {
        std::array<pollfd, 3> polled{
            pollfd{.fd = signals, .events = POLLIN, .revents = 0},
            pollfd{.fd = open ? (*program)->output() : -1, .events = POLLIN, .revents = 0},
            pollfd{.fd = open ? -1 : (*program)->end_watch(), .events = POLLIN, .revents = 0}};
        // Where the kernel does not tell of ends they are looked for.
        ::poll(polled.data(), polled.size(), open || (*program)->end_watch() >= 0 ? -1 : look_ms);
        if (polled[0].revents != 0) {
            return std::optional<int>();
        }
        if (polled[1].revents != 0) {
            std::array<char, 65536> piece;
            const auto got = ::read((*program)->output(), piece.data(), piece.size());
            open = got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
            if (got > 0) {
                write_out({piece.data(), static_cast<std::size_t>(got)});
            }
        }
    }
    const int status = *(*program)->exit_status();
    return std::optional(status < 0 ? 128 - status : status);
}

} // namespace

result<std::optional<int>> run_elsewhere(const protocol::elsewhere_step& step, int signals) {
    for (const auto& words : {step.run, step.wait}) {
        auto code = run_words(words, step.directory, signals);
        if (!code) {
            return code;
        }
        if (!*code) {
            // It may have been started; that it was not is no failure of the stop.
            std::ignore = run_words(step.stop, step.directory, -1);
            return code;
        }
        if (**code != 0) {
            return code;
        }
    }
    return std::optional(0);
}

} // namespace outrider::agent
