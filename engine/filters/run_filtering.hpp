#pragma once

#include "engine/api/query_events.hpp"
#include "engine/api/selection.hpp"
#include "engine/core/result.hpp"
#include "engine/filters/filter_expression.hpp"
#include "engine/filters/operation_pattern.hpp"
#include "engine/filters/time_range.hpp"
#include "engine/protocol/messages.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace outrider {

/// What is known of a run that may be filtered out.
struct filtered_run {
    const protocol::run_facts& facts;
    const run_row& row;
    std::span<const scalar_summary> scalars; ///< only where they are `needs_scalars`
};

/// The filters of a command, read once and then asked about each run. Pure.
class run_filtering {
  public:
    /// Fails with `bad_input` on a filter that makes no sense.
    [[nodiscard]] static result<run_filtering> parse(const run_filter& filter, std::int64_t now_us);

    /// No filter: every run is kept.
    [[nodiscard]] bool empty() const;
    /// Attributes that facts have to hold besides those of every listing.
    [[nodiscard]] std::vector<std::string> attributes() const;
    /// Whether the run passes every filter but the expressions.
    [[nodiscard]] bool keeps(const filtered_run& run) const;
    /// Whether the expressions name something that only scalars may decide for this run.
    [[nodiscard]] bool needs_scalars(const filtered_run& run) const;
    /// Whether all expressions hold.
    [[nodiscard]] bool expressions_hold(const filtered_run& run) const;

  private:
    run_filter filter_;
    std::vector<filter_expression> expressions_;
    std::vector<operation_pattern> operations_;
    std::optional<time_range> started_;
};

} // namespace outrider
