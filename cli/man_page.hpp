#pragma once

#include <CLI/App.hpp>

#include <string>

namespace outrider::cli {

/// The manual page of the program, roff with the man macros: made from what `--help` shows, so that
/// nothing is written twice. `version` stands in its footer.
[[nodiscard]] std::string man_page(const CLI::App& app, const std::string& version);

} // namespace outrider::cli
