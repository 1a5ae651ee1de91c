#pragma once

#include "engine/filters/filter_expression.hpp"
#include "engine/protocol/slot_messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// A machine of a pool, as the configuration and its agent describe it.
struct pool_member {
    std::string remote;
    std::int64_t prefer = 0;       ///< `prefer:`; larger ones are taken first
    std::vector<std::string> tags; ///< `tags:`
    protocol::slot_rules rules;    ///< what a run has to have there
    protocol::slot_report report;

    [[nodiscard]] bool has_free_slot() const {
        return report.trouble.empty() && (report.total == 0 || report.free > 0);
    }
};

/// What a run asks of its machine, as `--where` has it: comparisons of `gpu.memory`, `gpu.name`,
/// `memory`, `processors`, `slots`, `free`, `load`, `name`, and `tag:NAME`, joined as in a filter
/// of runs. Sizes may end with K, M, G or T (of 1024). Pure.
class placement_condition {
  public:
    /// `bad_input`, saying where, for a text that makes no sense or a name that no machine has.
    [[nodiscard]] static result<placement_condition> parse(const std::string& text);
    [[nodiscard]] bool holds(const pool_member& machine) const;

  private:
    explicit placement_condition(std::optional<filter_expression> what) : what_(std::move(what)) {}
    std::optional<filter_expression> what_; ///< nothing: any machine will do
};

/// The machines in the order in which they are taken: with a free slot before those without, then
/// by `prefer`, then the least busy one, then the one with the most free slots; else as given.
/// Pure.
[[nodiscard]] std::vector<pool_member> best_first(std::vector<pool_member> machines);

/// "2 of 4 slots are free, GPU 1": what a run finds there.
[[nodiscard]] std::string offer_text(const pool_member& machine);

} // namespace outrider
