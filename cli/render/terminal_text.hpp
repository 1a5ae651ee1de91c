#pragma once

#include <string>
#include <string_view>

/// Lines of programs, made fit to stand among those of others on a terminal. All pure.
namespace outrider::cli {

/// What a line shows in the end: progress bars write it again and again, with carriage returns
/// between. Of a text without line feed; carriage returns at its end do not count.
[[nodiscard]] std::string_view last_state(std::string_view line);

/// `line` as UTF-8 that moves no cursor and changes no mode: control characters but the tab, and
/// escape sequences, are left out. With `colours` those that set colours stay, and are ended at the
/// end of the line.
[[nodiscard]] std::string harmless(std::string_view line, bool colours);

} // namespace outrider::cli
