#pragma once

#include "engine/core/result.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// Where a name of a filter expression is looked up.
enum class value_scope {
    any,       ///< attributes, then flags, then scalars
    attribute, ///< `attr:NAME`
    flag,      ///< `flag:NAME`
    scalar,    ///< `scalar:NAME`
};

/// A name in a filter expression.
struct value_name {
    value_scope scope = value_scope::any;
    std::string name;
};

/// What a run has under a name: null where it is undefined.
using value_lookup = std::function<boost::json::value(const value_name&)>;

/// A filter expression (FORMAT.md 4.2, `-F`): comparisons of named values with literals, `in`,
/// `not in`, `contains`, `is [not] undefined`, joined by `and`, `or`, `not` and parentheses. A
/// value type; evaluation is pure.
class filter_expression {
  public:
    /// Fails with `bad_input`, saying where, if the text makes no sense.
    [[nodiscard]] static result<filter_expression> parse(std::string_view text);

    /// Whether it holds for a run. Of comparisons with what is undefined, or of another kind than
    /// the literal, only `!=` holds.
    [[nodiscard]] bool holds(const value_lookup& value) const;
    /// Every name in it.
    [[nodiscard]] std::vector<value_name> names() const;

    struct node;

  private:
    explicit filter_expression(std::shared_ptr<const node> root) : root_(std::move(root)) {}
    std::shared_ptr<const node> root_; ///< shared by copies: it never changes
};

} // namespace outrider
