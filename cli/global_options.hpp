#pragma once

#include "cli/invocation.hpp"

#include <CLI/App.hpp>

#include <span>
#include <string>
#include <vector>

namespace outrider::cli {

/// Adds the options of the whole program to `app`.
void add_global_options(CLI::App& app, invocation& into);

/// The words of a command line, options of the whole program apart.
struct sorted_words {
    std::vector<std::string> global;
    std::vector<std::string> rest;
};

/// Finds options of the whole program among the words after a command's name, so that they may
/// stand there, too: those of `app` that `verb` does not have under the same name. Values of
/// options, and what follows `--`, stay where they are.
[[nodiscard]] sorted_words sort_out_global_options(std::span<const std::string> words,
                                                   const CLI::App& app, const CLI::App& verb);

} // namespace outrider::cli
