#pragma once

#include "engine/project/guild_file.hpp"

namespace outrider {

/// The rules that hold before those of a project (FORMAT.md 2.5). `python` adds what Python's
/// tools leave behind.
[[nodiscard]] std::vector<source_rule> default_source_rules(bool python);

/// The rules of a project for the files below `root`: a pattern that is the name of a directory
/// stands for all that is in it.
[[nodiscard]] std::vector<source_rule> expanded_rules(std::vector<source_rule> rules,
                                                      const std::string& root);

/// Whether a pattern fits a path below the root: one without a slash its last component, one with
/// a slash all of it; `*` crosses slashes, as in Python's fnmatch.
[[nodiscard]] bool fits(const source_rule& rule, const std::string& path);

/// A rule as `--test-sourcecode` writes it: "exclude dir .*".
[[nodiscard]] std::string rule_text(const source_rule& rule);

/// Whether a file is text: by the ending of its name where Guild knows it, else if its first 8 KiB
/// hold no zero byte.
[[nodiscard]] bool looks_like_text(const std::string& path);

} // namespace outrider
