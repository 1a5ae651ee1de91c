#include "engine/text/yaml_text.hpp"

#include "engine/text/big_integer.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/yaml_characters.hpp"
#include "engine/text/yaml_scalar.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr int best_width = 80;
constexpr int best_indent = 2;
// PyYAML counts the tag of a key ("!!str") into what makes it too long to be a simple one.
constexpr std::size_t longest_simple_key = 127 - 5;

/// Where a node stands; decides quoting and indentation.
struct node_context {
    bool in_mapping = false;
    bool simple_key = false;
};

/// Writes one document character by character as PyYAML's emitter does: `whitespace_` and
/// `indention_` say what the last thing written was, so that separators appear once.
class document {
  public:
    explicit document(bool flow) : flow_style_(flow) {}

    std::string text(const json::value& value) {
        node(value, {});
        const auto first = out_.find_first_not_of(" \n");
        const auto last = out_.find_last_not_of(" \n");
        return first == std::string::npos ? "" : out_.substr(first, last - first + 1);
    }

  private:
    void node(const json::value& value, node_context where) {
        if (const auto* list = value.if_array()) {
            if (flow_level_ > 0 || flow_style_ || list->empty()) {
                flow_list(*list);
            } else {
                block_list(*list, where);
            }
        } else if (const auto* object = value.if_object();
                   object != nullptr && !big_integer_digits(value)) {
            if (flow_level_ > 0 || flow_style_ || object->empty()) {
                flow_mapping(*object);
            } else {
                block_mapping(*object);
            }
        } else {
            const int outer = indent_;
            indent_ = indent_ < 0 ? best_indent : indent_ + best_indent;
            scalar(value, where);
            indent_ = outer;
        }
    }

    void scalar(const json::value& value, node_context where) {
        if (const auto* text = value.if_string()) {
            string_scalar(to_characters(*text), kind_of_plain(*text) == yaml_kind::text, where);
        } else if (const auto digits = big_integer_digits(value)) {
            plain(to_characters(*digits), false);
        } else if (value.is_double()) {
            plain(to_characters(yaml_float(value.get_double())), false);
        } else if (value.is_null()) {
            plain(U"null", false);
        } else if (value.is_bool()) {
            plain(value.get_bool() ? U"true" : U"false", false);
        } else {
            plain(to_characters(json::serialize(value)), false);
        }
    }

    static std::string yaml_float(double value) {
        if (std::isnan(value)) {
            return ".nan";
        }
        if (std::isinf(value)) {
            return value < 0 ? "-.inf" : ".inf";
        }
        std::string text = python_float(value);
        if (const auto e = text.find('e');
            e != std::string::npos && text.find('.') == std::string::npos) {
            text.insert(e, ".0");
        }
        return text;
    }

    void string_scalar(const std::u32string& text, bool reads_back, node_context where) {
        const scalar_look look = look_at(text);
        const bool fits_key = !where.simple_key || !(text.empty() || look.multiline);
        if (reads_back && fits_key &&
            (flow_level_ > 0 ? look.allow_flow_plain : look.allow_block_plain)) {
            plain(text, !where.simple_key);
        } else if (look.allow_single_quoted && !(where.simple_key && look.multiline)) {
            single_quoted(text, !where.simple_key);
        } else {
            double_quoted(text, !where.simple_key);
        }
    }

    int deeper(bool indentless = false) {
        const int outer = indent_;
        if (indent_ < 0) {
            indent_ = flow_level_ > 0 ? best_indent : 0;
        } else if (!indentless) {
            indent_ += best_indent;
        }
        return outer;
    }

    void flow_list(const json::array& list) {
        indicator("[", true, true);
        ++flow_level_;
        const int outer = deeper();
        bool first = true;
        for (const auto& item : list) {
            separate(first);
            node(item, {});
        }
        indent_ = outer;
        --flow_level_;
        indicator("]", false);
    }

    void separate(bool& first) {
        if (!first) {
            indicator(",", false);
        }
        first = false;
        if (column_ > best_width) {
            write_indent();
        }
    }

    static std::vector<const json::key_value_pair*> sorted(const json::object& object) {
        std::vector<const json::key_value_pair*> out;
        for (const auto& member : object) {
            out.push_back(&member);
        }
        std::ranges::sort(out, {},
                          [](const auto* member) { return std::string_view(member->key()); });
        return out;
    }

    static bool simple(const std::u32string& key) {
        return !key.empty() && key.size() <= longest_simple_key && !look_at(key).multiline;
    }

    void key(const json::key_value_pair& member, bool simple_key) {
        node(json::value(json::string(member.key())),
             {.in_mapping = true, .simple_key = simple_key});
    }

    void flow_mapping(const json::object& object) {
        indicator("{", true, true);
        ++flow_level_;
        const int outer = deeper();
        bool first = true;
        for (const auto* member : sorted(object)) {
            separate(first);
            if (simple(to_characters(member->key()))) {
                key(*member, true);
                indicator(":", false);
            } else {
                indicator("?", true);
                key(*member, false);
                if (column_ > best_width) {
                    write_indent();
                }
                indicator(":", true);
            }
            node(member->value(), {.in_mapping = true});
        }
        indent_ = outer;
        --flow_level_;
        indicator("}", false);
    }

    void block_list(const json::array& list, node_context where) {
        const int outer = deeper(where.in_mapping && !indention_);
        for (const auto& item : list) {
            write_indent();
            indicator("-", true, false, true);
            node(item, {});
        }
        indent_ = outer;
    }

    void block_mapping(const json::object& object) {
        const int outer = deeper();
        for (const auto* member : sorted(object)) {
            write_indent();
            if (simple(to_characters(member->key()))) {
                key(*member, true);
                indicator(":", false);
            } else {
                indicator("?", true, false, true);
                key(*member, false);
                write_indent();
                indicator(":", true, false, true);
            }
            node(member->value(), {.in_mapping = true});
        }
        indent_ = outer;
    }

    void put(std::u32string_view characters) {
        append_utf8(out_, characters);
        column_ += static_cast<int>(characters.size());
    }

    void indicator(std::string_view mark, bool need_space, bool space = false,
                   bool indents = false) {
        if (!whitespace_ && need_space) {
            out_ += ' ';
            ++column_;
        }
        out_ += mark;
        column_ += static_cast<int>(mark.size());
        whitespace_ = space;
        indention_ = indention_ && indents;
    }

    void line_break() {
        out_ += '\n';
        whitespace_ = true;
        indention_ = true;
        column_ = 0;
    }

    void write_indent() {
        const int indent = std::max(indent_, 0);
        if (!indention_ || column_ > indent || (column_ == indent && !whitespace_)) {
            line_break();
        }
        if (column_ < indent) {
            whitespace_ = true;
            out_.append(static_cast<std::size_t>(indent - column_), ' ');
            column_ = indent;
        }
    }

    void plain(const std::u32string& text, bool split) {
        if (!whitespace_) {
            out_ += ' ';
            ++column_;
        }
        whitespace_ = false;
        indention_ = false;
        // A single space is where a long line may be folded.
        for (std::size_t start = 0, end = 0; start < text.size(); start = end) {
            if (text[start] != U' ') {
                end = std::min(text.find(U' ', start), text.size());
                put(std::u32string_view(text).substr(start, end - start));
                continue;
            }
            end = std::min(text.find_first_not_of(U' ', start), text.size());
            if (end == start + 1 && column_ > best_width && split) {
                write_indent();
                whitespace_ = false;
                indention_ = false;
            } else {
                put(std::u32string_view(text).substr(start, end - start));
            }
        }
    }

    void single_quoted(const std::u32string& text, bool split) {
        indicator("'", true);
        for (std::size_t start = 0, end = 0; start < text.size(); start = end) {
            const std::u32string_view rest = std::u32string_view(text).substr(start);
            if (rest[0] == U' ') {
                end = start + std::min(rest.find_first_not_of(U' '), rest.size());
                const bool inside = start != 0 && end != text.size();
                if (end == start + 1 && column_ > best_width && split && inside) {
                    write_indent();
                } else {
                    put(rest.substr(0, end - start));
                }
            } else if (rest[0] == U'\n') {
                end = start + std::min(rest.find_first_not_of(U'\n'), rest.size());
                // One line feed more than there are: a single one would read back as a space.
                for (std::size_t i = start; i <= end; ++i) {
                    if (i > start || text[start] == U'\n') {
                        line_break();
                    }
                }
                write_indent();
            } else if (rest[0] == U'\'') {
                end = start + 1;
                put(U"''");
            } else {
                end = start + std::min(rest.find_first_of(U" \n'"), rest.size());
                put(rest.substr(0, end - start));
            }
        }
        indicator("'", false);
    }

    void double_quoted(const std::u32string& text, bool split) {
        indicator("\"", true);
        std::size_t start = 0;
        for (std::size_t end = 0; end <= text.size(); ++end) {
            const bool at_end = end == text.size();
            if (at_end || needs_escape(text[end])) {
                if (start < end) {
                    put(std::u32string_view(text).substr(start, end - start));
                    start = end;
                }
                if (!at_end) {
                    put(escaped(text[end]));
                    start = end + 1;
                }
            }
            const bool may_break =
                0 < end && end + 1 < text.size() && (text[end] == U' ' || start >= end);
            const int pending = static_cast<int>(end) - static_cast<int>(start);
            if (may_break && column_ + pending > best_width && split) {
                fold_double_quoted(text, start, end);
            }
        }
        indicator("\"", false);
    }

    void fold_double_quoted(const std::u32string& text, std::size_t& start, std::size_t end) {
        if (start < end) {
            put(std::u32string_view(text).substr(start, end - start));
            start = end;
        }
        put(U"\\");
        write_indent();
        whitespace_ = false;
        indention_ = false;
        if (text[start] == U' ') {
            put(U"\\");
        }
    }

    std::string out_;
    bool flow_style_;
    int flow_level_ = 0;
    int indent_ = -1; // none yet
    int column_ = 0;
    bool whitespace_ = true;
    bool indention_ = true;
};

} // namespace

std::string yaml_text(const json::value& value) {
    return document(false).text(value) + "\n";
}

std::string yaml_flow(const json::value& value) {
    return document(true).text(value);
}

} // namespace outrider
