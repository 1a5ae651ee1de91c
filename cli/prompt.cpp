#include "cli/prompt.hpp"

#include "cli/terminal_echo.hpp"

#include <algorithm>
#include <cctype>
#include <istream>
#include <ostream>

namespace outrider::cli {
namespace {

std::string plain_word(const std::string& line) {
    constexpr const char blank[] = " \t\r";
    const auto first = line.find_first_not_of(blank);
    if (first == std::string::npos) {
        return {};
    }
    std::string word = line.substr(first, line.find_last_not_of(blank) - first + 1);
    std::ranges::transform(word, word.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
    });
    return word;
}

} // namespace

confirmation confirm(std::istream& in, std::ostream& err, const std::string& prompt, bool usually) {
    for (;;) {
        err << prompt << std::flush;
        std::string line;
        if (!std::getline(in, line)) {
            err << '\n' << std::flush;
            return confirmation::ended;
        }
        const auto word = plain_word(line);
        if (word == "y" || word == "yes" || (word.empty() && usually)) {
            return confirmation::yes;
        }
        if (word == "n" || word == "no" || word.empty()) {
            return confirmation::no;
        }
        err << "Please answer y or n.\n";
    }
}

std::optional<std::string> read_secret(std::istream& in, std::ostream& err,
                                       const std::string& prompt, bool echo) {
    err << prompt << std::flush;
    std::string line;
    bool read = false;
    {
        const terminal_echo unseen(echo);
        read = static_cast<bool>(std::getline(in, line));
        // The line feed of the person was not shown either.
        if (unseen.off() || !read) {
            err << '\n' << std::flush;
        }
    }
    if (!read) {
        return std::nullopt;
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    return line;
}

} // namespace outrider::cli
