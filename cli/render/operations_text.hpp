#pragma once

#include "cli/render/terminal.hpp"
#include "engine/api/events.hpp"

#include <string>
#include <utility>
#include <vector>

namespace outrider::cli {

/// Names and what they mean.
using definitions = std::vector<std::pair<std::string, std::string>>;

/// Definitions as Guild's help shows them: names padded to the longest, texts wrapped, further
/// lines of a text below it, and then an empty line.
[[nodiscard]] std::string definition_lines(const definitions& items);
/// The same below an empty line and a name; nothing if there are none.
[[nodiscard]] std::string definition_section(const std::string& name, const definitions& items);
/// A description below an empty line; each of its lines is a paragraph, as in Guild. Nothing if it
/// is empty.
[[nodiscard]] std::string description_paragraphs(const std::string& text);
/// The flags of an operation with their descriptions, defaults and choices.
[[nodiscard]] definitions flag_definitions(const operation_described& op);

/// The table of `operations`: name and the first line of the description; `verbose`: below each its
/// flags with their defaults, and what it requires.
[[nodiscard]] std::string operations_table(const operations_listed& listed, const terminal& screen,
                                           bool verbose);

/// The text of `run --help-op`; `program` is the called name.
[[nodiscard]] std::string operation_help_text(const operation_described& op,
                                              const std::string& program);

} // namespace outrider::cli
