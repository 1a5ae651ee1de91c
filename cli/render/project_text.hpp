#pragma once

#include "cli/render/terminal.hpp"
#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// The table of `models`: name and the first line of the description.
[[nodiscard]] std::string models_table(const models_listed& listed, const terminal& screen);

/// The text of `run --help-model`; `program` is the called name.
[[nodiscard]] std::string model_help_text(const model_described& model, const std::string& program);

/// The text of `help [PROJECT]`.
[[nodiscard]] std::string project_help_text(const project_help& help, const std::string& program);

} // namespace outrider::cli
