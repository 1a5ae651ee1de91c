#pragma once

#include <string>

namespace outrider {

/// What a text for people calls the program and the command. Failures and notes say `{program}` and
/// `{command}`, because the engine does not know by which name it was called; whoever shows one, or
/// lets it leave in another way, finishes it first.
struct text_names {
    std::string program = "outrider";
    std::string command = "COMMAND"; ///< words of the command line: "runs list"
};

/// `text` with the names in their places.
[[nodiscard]] std::string finished_text(std::string text, const text_names& names = {});

} // namespace outrider
