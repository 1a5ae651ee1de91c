#pragma once

#include "engine/core/result.hpp"
#include "engine/runs/opref.hpp"

#include <optional>
#include <regex>
#include <string>
#include <string_view>

namespace outrider {

/// Which operations `-Fo` means: `[PACKAGE/][MODEL:]OP`, whose parts must be equal where they are
/// given (`*` and `?` stand for any text and any character), or, with `^` in front or `$` at the
/// end, a regular expression that is found in the operation as listings show it.
class operation_pattern {
  public:
    /// Fails with `bad_input` on a regular expression that makes no sense.
    [[nodiscard]] static result<operation_pattern> parse(std::string_view text);

    [[nodiscard]] bool matches(const opref& run) const;

  private:
    std::optional<std::regex> regex_;
    std::string whole_;
    std::optional<std::string> package_;
    std::optional<std::string> model_;
    std::string op_;
};

} // namespace outrider
