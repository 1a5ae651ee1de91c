#pragma once

#include "tests/support/temporary_directory.hpp"

#include <map>
#include <string>

namespace outrider::testing {

/// A package index without a network: a directory of wheels, which are built from text.
class wheels {
  public:
    wheels();

    /// A package of one module of its name, in which `version` is what is installed. `needs` is a
    /// line of `Requires-Dist`, or empty.
    void add(const std::string& name, const std::string& version,
             const std::string& needs = {}) const;
    /// A program named `uv` that writes its words to `uv-words` and does what they say by the
    /// modules venv and pip; while there is a file `uv-waits` an installation waits for ever.
    void add_uv() const;
    /// What makes pip and uv look here only, and find no uv but that of `add_uv`.
    [[nodiscard]] std::map<std::string, std::string> variables() const;
    /// The same as code of a shell.
    [[nodiscard]] std::string activation() const;

    temporary_directory place;
};

} // namespace outrider::testing
