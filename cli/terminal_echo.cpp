#include "cli/terminal_echo.hpp"

#include <atomic>

#include <termios.h>
#include <unistd.h>

namespace outrider::cli {
namespace {

// Written before `hidden` is set, read by whoever takes that mark away.
termios before{};
std::atomic<bool> hidden{false};

} // namespace

terminal_echo::terminal_echo(bool visible) {
    if (visible || ::isatty(STDIN_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &before) != 0) {
        return;
    }
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden = true;
    off_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
}

terminal_echo::~terminal_echo() {
    restore();
}

void terminal_echo::restore() noexcept {
    if (hidden.exchange(false)) {
        ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    }
}

} // namespace outrider::cli
