#pragma once

#include "engine/remotes/byte_stream.hpp"
#include "engine/remotes/transport.hpp"

#include <array>
#include <string>

namespace outrider::testing {

/// Sends a script to a shell and gives what comes back until `last_line` was seen, or the end.
inline awaitable<result<std::string>> run_script(byte_stream& shell, std::string script,
                                                 std::string last_line = "--end--") {
    script += "\necho " + last_line + "\n";
    if (auto wrote = co_await shell.write(script); !wrote) {
        co_return wrote.error();
    }
    std::string text;
    std::array<char, 16384> piece;
    while (text.find(last_line + "\n") == std::string::npos) {
        const auto got = co_await shell.read_some(piece);
        if (!got) {
            co_return got.error();
        }
        if (*got == 0) {
            break;
        }
        text.append(piece.data(), *got);
    }
    co_return text.substr(0, text.find(last_line + "\n"));
}

/// A context in which nobody answers, with the environment of a user whose home is `home`.
inline connect_context context_in(const std::string& home) {
    connect_context context;
    context.environment = {{"HOME", home}, {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    return context;
}

} // namespace outrider::testing
