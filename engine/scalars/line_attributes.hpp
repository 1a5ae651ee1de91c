#pragma once

#include "engine/protocol/messages.hpp"
#include "engine/scalars/event_message.hpp"
#include "engine/scalars/line_pattern.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// Finds attributes in lines of output that hold no scalar: by default `KEY: WORD`, by Guild's
/// pattern `^(\key):\s+(\value)$` whose value has no spaces, otherwise what patterns say.
class line_attributes {
  public:
    explicit line_attributes(const protocol::output_scalar_rules& rules);

    /// Whether there are patterns: those of a person may be slow.
    [[nodiscard]] bool has_patterns() const { return !patterns_.empty(); }
    /// Whether any line can hold an attribute.
    [[nodiscard]] bool active() const { return defaults_ || !patterns_.empty(); }
    /// The attributes of one line, without its line feed. The work for it is bounded.
    [[nodiscard]] std::vector<text_point> take(std::string_view line) const;

  private:
    struct named_pattern {
        std::string name;
        line_pattern pattern;
    };
    void take_by_default(std::string_view line, std::vector<text_point>& found) const;

    bool defaults_;
    std::vector<named_pattern> patterns_;
    std::set<std::string, std::less<>> ignored_;
};

} // namespace outrider
