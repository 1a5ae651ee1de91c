#include "cli/interrupts.hpp"

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <tuple>

#include <fcntl.h>
#include <unistd.h>

namespace outrider::cli {
namespace {

constexpr int heard_signals[] = {SIGINT, SIGTERM, SIGHUP};
// Written to the pipe to end the thread; no signal has this number.
constexpr unsigned char no_signal = 0;

// The end of the pipe that the handler writes to.
volatile std::sig_atomic_t write_end = -1;

extern "C" void outrider_write_signal(int number) {
    const int saved = errno;
    const auto byte = static_cast<unsigned char>(number);
    // A full pipe has told enough already.
    std::ignore = ::write(write_end, &byte, 1);
    errno = saved;
}

extern "C" void outrider_ignore_signal(int) {}

// Handlers, unlike ignored or blocked signals, are not passed on to programs that are executed.
void handle(int number, void (*handler)(int)) {
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
}

} // namespace

interrupts::interrupts(listener heard) : heard_(std::move(heard)) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe for signals");
    }
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    read_end_ = ends[0];
    write_end = ends[1];
    thread_ = std::thread([this] { listen(read_end_); });
    for (const int number : heard_signals) {
        handle(number, outrider_write_signal);
    }
    handle(SIGPIPE, outrider_ignore_signal);
}

interrupts::~interrupts() {
    for (const int number : heard_signals) {
        handle(number, SIG_DFL);
    }
    // The pipe may be full of signals, but then the thread is about to read.
    while (::write(write_end, &no_signal, 1) != 1 && (errno == EAGAIN || errno == EINTR)) {
        std::this_thread::yield();
    }
    thread_.join();
    ::close(read_end_);
    ::close(write_end);
    write_end = -1;
}

void interrupts::listen(int descriptor) {
    unsigned char number = no_signal;
    int count = 0;
    for (;;) {
        const auto got = ::read(descriptor, &number, 1);
        if (got == 1 && number != no_signal) {
            heard_(number, ++count);
        } else if (got != -1 || errno != EINTR) {
            return;
        }
    }
}

} // namespace outrider::cli
