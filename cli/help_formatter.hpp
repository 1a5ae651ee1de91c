#pragma once

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>

#include <string>

namespace outrider::cli {

/// Lays out `--help`. The option text of a positional argument is how it stands in the usage line;
/// that of an option names its value. A list of commands shows the first line of their help.
class help_formatter : public CLI::Formatter {
  public:
    help_formatter();
    std::string make_option_usage(const CLI::Option* option) const override;
    std::string make_option_opts(const CLI::Option* option) const override;
    std::string make_subcommand(const CLI::App* verb) const override;
    std::string make_usage(const CLI::App* verb, std::string name) const override;
};

/// The text that `COMMAND --help` shows for `verb`, a command or the program itself.
[[nodiscard]] std::string help_text(const CLI::App& verb);

} // namespace outrider::cli
