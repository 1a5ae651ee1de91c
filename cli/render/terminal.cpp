#include "cli/render/terminal.hpp"

#include <charconv>

#include <sys/ioctl.h>
#include <unistd.h>

namespace outrider::cli {
namespace {

std::string value_of(const std::map<std::string, std::string>& environment, const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

std::size_t number_or_zero(const std::string& text) {
    std::size_t value = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && at == text.data() + text.size() ? value : 0;
}

} // namespace

terminal terminal_of(bool out, bool err, std::size_t columns,
                     const std::map<std::string, std::string>& environment) {
    constexpr std::size_t usual_width = 80;
    terminal seen{.out = out, .err = err};
    if (out) {
        const auto told = number_or_zero(value_of(environment, "COLUMNS"));
        seen.width = told > 0 ? told : columns > 0 ? columns : usual_width;
        seen.colour =
            value_of(environment, "NO_COLOR").empty() && value_of(environment, "TERM") != "dumb";
    }
    return seen;
}

terminal detect_terminal(const std::map<std::string, std::string>& environment) {
    winsize size{};
    const bool asked = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return terminal_of(::isatty(STDOUT_FILENO) != 0, ::isatty(STDERR_FILENO) != 0,
                       asked ? size.ws_col : 0, environment);
}

} // namespace outrider::cli
