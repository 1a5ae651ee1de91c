#include "engine/filters/filter_expression.hpp"

#include "engine/filters/filter_lexer.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cctype>
#include <compare>
#include <optional>

namespace outrider {

namespace json = boost::json;

namespace {

enum class comparison { equal, not_equal, less, less_equal, greater, greater_equal };
enum class node_kind { both, either, negated, compared, in_list, contains, undefined };

/// Deeper nesting is no expression of a person.
constexpr int deepest = 100;

/// A value as it was written.
struct written_value {
    json::value value;
    std::string unquoted; ///< its text, unless quotes say that it is one
};

} // namespace

struct filter_expression::node {
    node_kind kind = node_kind::compared;
    std::vector<std::shared_ptr<const node>> parts; // both, either, negated
    value_name name;
    comparison compare = comparison::equal;
    std::vector<written_value> values; // one; in_list: any number
};

namespace {

using node = filter_expression::node;
using node_ptr = std::shared_ptr<const node>;

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

value_name name_of(const std::string& word) {
    static constexpr std::pair<std::string_view, value_scope> scopes[] = {
        {"attr:", value_scope::attribute},
        {"flag:", value_scope::flag},
        {"scalar:", value_scope::scalar}};
    for (const auto& [prefix, scope] : scopes) {
        if (word.starts_with(prefix)) {
            return {.scope = scope, .name = word.substr(prefix.size())};
        }
    }
    return {.name = word};
}

// A text without quotes may be a word of YAML.
written_value value_of(const filter_token& token) {
    if (token.kind == filter_token_kind::literal) {
        return {.value = token.value,
                .unquoted = token.value.is_string() ? std::string() : token.text};
    }
    const std::string word = lower(token.text);
    if (word == "true" || word == "yes") {
        return {.value = true, .unquoted = token.text};
    }
    if (word == "false" || word == "no") {
        return {.value = false, .unquoted = token.text};
    }
    return {.value = json::value(token.text), .unquoted = token.text};
}

class parser {
  public:
    explicit parser(std::vector<filter_token> tokens) : tokens_(std::move(tokens)) {}

    result<node_ptr> run() {
        auto whole = either();
        if (whole && here().kind != filter_token_kind::end) {
            return unexpected();
        }
        return whole;
    }

  private:
    const filter_token& here() const { return tokens_[at_]; }

    failure unexpected() const {
        if (here().kind == filter_token_kind::end) {
            return {errc::bad_input, "syntax error in filter - unexpected end of expression"};
        }
        return {errc::bad_input, "syntax error in filter at position " + std::to_string(here().at) +
                                     ": unexpected token " + here().text};
    }

    bool is_word(std::string_view word) const {
        return here().kind == filter_token_kind::word && lower(here().text) == word;
    }
    bool skip_word(std::string_view word) {
        const bool found = is_word(word);
        at_ += found ? 1 : 0;
        return found;
    }
    bool skip_symbol(std::string_view symbol) {
        const bool found = here().kind == filter_token_kind::symbol && here().text == symbol;
        at_ += found ? 1 : 0;
        return found;
    }

    result<node_ptr> either() { return chain(node_kind::either, "or", &parser::both); }
    result<node_ptr> both() { return chain(node_kind::both, "and", &parser::negated); }

    result<node_ptr> chain(node_kind kind, std::string_view word,
                           result<node_ptr> (parser::*part)()) {
        auto made = std::make_shared<node>(node{.kind = kind});
        do {
            auto next = (this->*part)();
            if (!next) {
                return next;
            }
            made->parts.push_back(std::move(*next));
        } while (skip_word(word));
        return made->parts.size() == 1 ? made->parts.front() : node_ptr(std::move(made));
    }

    result<node_ptr> negated() {
        if (++depth_ > deepest) {
            return failure(errc::bad_input, "the filter is nested too deeply");
        }
        auto made = skip_word("not") ? negation(negated()) : primary();
        --depth_;
        return made;
    }

    static result<node_ptr> negation(result<node_ptr> of) {
        if (!of) {
            return of;
        }
        return node_ptr(
            std::make_shared<node>(node{.kind = node_kind::negated, .parts = {std::move(*of)}}));
    }

    result<node_ptr> primary() {
        if (skip_symbol("(")) {
            auto inner = either();
            if (inner && !skip_symbol(")")) {
                return unexpected();
            }
            return inner;
        }
        if (here().kind != filter_token_kind::word || is_word("and") || is_word("or")) {
            return unexpected();
        }
        node term{.name = name_of(here().text)};
        ++at_;
        return predicate(std::move(term));
    }

    result<node_ptr> predicate(node term) {
        if (skip_word("is")) {
            const bool negate = skip_word("not");
            if (!skip_word("undefined")) {
                return unexpected();
            }
            term.kind = node_kind::undefined;
            return finish(std::move(term), negate);
        }
        if (skip_word("contains")) {
            term.kind = node_kind::contains;
            return with_value(std::move(term));
        }
        const bool negate = skip_word("not");
        if (skip_word("in")) {
            return with_list(std::move(term), negate);
        }
        const auto compare = comparison_here();
        if (negate || !compare) {
            return unexpected();
        }
        ++at_;
        term.compare = *compare;
        return with_value(std::move(term));
    }

    std::optional<comparison> comparison_here() const {
        static constexpr std::pair<std::string_view, comparison> all[] = {
            {"=", comparison::equal},         {"!=", comparison::not_equal},
            {"<>", comparison::not_equal},    {"<", comparison::less},
            {"<=", comparison::less_equal},   {">", comparison::greater},
            {">=", comparison::greater_equal}};
        for (const auto& [symbol, meaning] : all) {
            if (here().kind == filter_token_kind::symbol && here().text == symbol) {
                return meaning;
            }
        }
        return std::nullopt;
    }

    static result<node_ptr> finish(node term, bool negate) {
        auto made = std::make_shared<node>(std::move(term));
        return negate ? negation(node_ptr(std::move(made))) : result<node_ptr>(std::move(made));
    }

    bool at_value() const {
        return here().kind == filter_token_kind::word || here().kind == filter_token_kind::literal;
    }

    result<node_ptr> with_value(node term) {
        if (!at_value()) {
            return unexpected();
        }
        term.values.push_back(value_of(tokens_[at_++]));
        return finish(std::move(term), false);
    }

    result<node_ptr> with_list(node term, bool negate) {
        term.kind = node_kind::in_list;
        if (!skip_symbol("[")) {
            return unexpected();
        }
        while (!skip_symbol("]")) {
            if (!term.values.empty() && !skip_symbol(",")) {
                return unexpected();
            }
            if (!at_value()) {
                return unexpected();
            }
            term.values.push_back(value_of(tokens_[at_++]));
        }
        return finish(std::move(term), negate);
    }

    std::vector<filter_token> tokens_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

std::optional<double> compared_number(const json::value& value) {
    if (value.is_bool()) {
        return value.get_bool() ? 1 : 0; // as in Python
    }
    if (value.is_number()) {
        return value.to_number<double>();
    }
    return std::nullopt;
}

// Unordered where the two are of different kinds.
std::partial_ordering order(const json::value& left, const json::value& right) {
    const auto a = compared_number(left);
    const auto b = compared_number(right);
    if (a && b) {
        return *a <=> *b;
    }
    if (left.is_string() && right.is_string()) {
        return std::string_view(left.get_string()) <=> std::string_view(right.get_string());
    }
    return std::partial_ordering::unordered;
}

// A text is compared with what was typed: an id of digits only, or the label "yes", needs no
// quotes.
bool equal(const json::value& left, const written_value& right) {
    if (left.is_string() && !right.unquoted.empty()) {
        return std::string_view(left.get_string()) == right.unquoted;
    }
    return order(left, right.value) == 0 || left == right.value;
}

bool compares(const json::value& left, comparison how, const written_value& right) {
    const auto ordered = order(left, right.value);
    switch (how) {
    case comparison::equal:
        return equal(left, right);
    case comparison::not_equal:
        return !equal(left, right);
    case comparison::less:
        return ordered < 0;
    case comparison::less_equal:
        return ordered <= 0;
    case comparison::greater:
        return ordered > 0;
    case comparison::greater_equal:
        return ordered >= 0;
    }
    return false;
}

std::string plain_text(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

bool contains(const json::value& whole, const json::value& part) {
    if (const auto* items = whole.if_array()) {
        const auto same = [&](const json::value& item) {
            return lower(plain_text(item)) == lower(plain_text(part));
        };
        return std::ranges::any_of(*items, same);
    }
    return lower(plain_text(whole)).find(lower(plain_text(part))) != std::string::npos;
}

bool evaluate(const node& what, const value_lookup& lookup) {
    const auto part_holds = [&](const node_ptr& part) { return evaluate(*part, lookup); };
    switch (what.kind) {
    case node_kind::both:
        return std::ranges::all_of(what.parts, part_holds);
    case node_kind::either:
        return std::ranges::any_of(what.parts, part_holds);
    case node_kind::negated:
        return !part_holds(what.parts.front());
    default:
        break;
    }
    const json::value found = lookup(what.name);
    if (what.kind == node_kind::undefined) {
        return found.is_null();
    }
    if (found.is_null()) { // is not equal to anything, and not in any list
        return what.kind == node_kind::compared && what.compare == comparison::not_equal;
    }
    if (what.kind == node_kind::contains) {
        const auto& part = what.values.front();
        return contains(found, part.unquoted.empty() ? part.value : json::value(part.unquoted));
    }
    if (what.kind == node_kind::in_list) {
        return std::ranges::any_of(what.values, [&](const auto& one) { return equal(found, one); });
    }
    return compares(found, what.compare, what.values.front());
}

void collect(const node& what, std::vector<value_name>& into) {
    for (const auto& part : what.parts) {
        collect(*part, into);
    }
    if (what.parts.empty()) {
        into.push_back(what.name);
    }
}

} // namespace

result<filter_expression> filter_expression::parse(std::string_view text) {
    auto tokens = filter_tokens(text);
    if (!tokens) {
        return tokens.error();
    }
    auto root = parser(std::move(*tokens)).run();
    if (!root) {
        return root.error();
    }
    return filter_expression(std::move(*root));
}

bool filter_expression::holds(const value_lookup& value) const {
    return evaluate(*root_, value);
}

std::vector<value_name> filter_expression::names() const {
    std::vector<value_name> out;
    collect(*root_, out);
    return out;
}

} // namespace outrider
