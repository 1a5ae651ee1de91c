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
                     const std::map<std::string, std::string>& environment, colour_choice wanted) {
    constexpr std::size_t usual_width = 80;
    terminal seen{.out = out, .err = err};
    const auto told = number_or_zero(value_of(environment, "COLUMNS"));
    const auto width = told > 0 ? told : columns > 0 ? columns : usual_width;
    if (out) {
        seen.width = width;
    }
    if (err && value_of(environment, "TERM") != "dumb") {
        seen.err_width = width;
    }
    seen.colour = wants_colour(out, wanted, environment);
    seen.err_colour = wants_colour(err, wanted, environment);
    return seen;
}

bool wants_colour(bool terminal, colour_choice wanted,
                  const std::map<std::string, std::string>& environment) {
    const auto value = [&](const char* name) { return value_of(environment, name); };
    if (wanted != colour_choice::automatic) {
        return wanted == colour_choice::always;
    }
    if (!value("NO_COLOR").empty()) {
        return false;
    }
    if (const auto forced = value("CLICOLOR_FORCE"); !forced.empty() && forced != "0") {
        return true;
    }
    return terminal && value("TERM") != "dumb" && value("CLICOLOR") != "0";
}

terminal detect_terminal(const std::map<std::string, std::string>& environment,
                         colour_choice wanted) {
    winsize size{};
    const bool asked = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ||
                       ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
    return terminal_of(::isatty(STDOUT_FILENO) != 0, ::isatty(STDERR_FILENO) != 0,
                       asked ? size.ws_col : 0, environment, wanted);
}

} // namespace outrider::cli
