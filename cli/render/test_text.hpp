#pragma once

#include "engine/api/events.hpp"

#include <string>

namespace outrider::cli {

/// The text of `run --test-flags`.
[[nodiscard]] std::string flags_test_text(const flags_tested& tested);

/// The text of `run --test-sourcecode`.
[[nodiscard]] std::string sourcecode_test_text(const sourcecode_tested& tested);

/// The text of `run --test-output-scalars` and `--test-output-attrs`.
[[nodiscard]] std::string output_test_text(const output_tested& tested);

} // namespace outrider::cli
