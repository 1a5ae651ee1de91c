#pragma once

#include "engine/core/result.hpp"

#include <map>
#include <string>

namespace outrider::cli {

/// Lets a person write a comment in an editor ($VISUAL, $EDITOR, otherwise vi) that begins with
/// `text`. Lines that begin with '#' are no part of it. `bad_input` where nothing is left,
/// `aborted` where the editor fails.
[[nodiscard]] result<std::string>
edit_comment(const std::string& text, const std::map<std::string, std::string>& environment);

/// What is left of an edited text: without '#' lines and the empty space around it.
[[nodiscard]] std::string comment_in(const std::string& edited);

/// Lets a person edit a text in $VISUAL, $EDITOR or vi; the text as it was saved. `aborted` where
/// the editor fails.
[[nodiscard]] result<std::string> edit_text(const std::string& text,
                                            const std::map<std::string, std::string>& environment);

} // namespace outrider::cli
