#include "engine/commands/choosing/column_spec.hpp"

#include "engine/text/yaml_value.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace outrider {
namespace {

struct part_word {
    std::string_view word;
    scalar_part part;
};
constexpr std::array part_words{
    part_word{"first", scalar_part::first}, part_word{"last", scalar_part::last},
    part_word{"min", scalar_part::least},   part_word{"max", scalar_part::greatest},
    part_word{"avg", scalar_part::mean},    part_word{"mean", scalar_part::mean},
    part_word{"total", scalar_part::total}, part_word{"count", scalar_part::count},
};

struct kind_mark {
    std::string_view mark;
    column_kind kind;
};
constexpr std::array kind_marks{
    kind_mark{"=", column_kind::flag},         kind_mark{"flag:", column_kind::flag},
    kind_mark{".", column_kind::attribute},    kind_mark{"attr:", column_kind::attribute},
    kind_mark{"scalar:", column_kind::scalar},
};

/// What Guild's reader has in front of the columns, which its positions count.
constexpr std::size_t query_offset = 7; // "select "

enum class token_kind {
    word,
    quoted, ///< `text` is what stands between the quotation marks
    mark,   ///< says of which kind the next word is
    comma,
    end,
};

struct column_token {
    token_kind kind = token_kind::end;
    std::string text;
    std::size_t at = 0; // in the whole text

    [[nodiscard]] bool is_name() const {
        return kind == token_kind::word || kind == token_kind::quoted;
    }
    [[nodiscard]] bool is_word(std::string_view word) const {
        return kind == token_kind::word && text == word;
    }
};

failure unexpected(const column_token& token) {
    if (token.kind == token_kind::end) {
        return {errc::bad_input, "unexpected end of columns"};
    }
    return {errc::bad_input, "unexpected token '" + token.text + "', line 1, pos " +
                                 std::to_string(query_offset + token.at)};
}

class column_tokens {
  public:
    explicit column_tokens(std::string_view text) : text_(text) {}

    result<std::vector<column_token>> all() {
        std::vector<column_token> out;
        for (;;) {
            at_ = std::min(text_.find_first_not_of(" \t\n", at_), text_.size());
            if (at_ == text_.size()) {
                out.push_back({.at = at_});
                return out;
            }
            auto token = next(!out.empty() && out.back().kind == token_kind::mark);
            if (!token) {
                return token.error();
            }
            out.push_back(std::move(*token));
        }
    }

  private:
    result<column_token> next(bool after_mark) {
        const std::size_t begin = at_;
        const char first = text_[at_];
        if (first == ',') {
            ++at_;
            return column_token{token_kind::comma, ",", begin};
        }
        if (first == '"' || first == '\'') {
            return quoted(first);
        }
        const auto rest = text_.substr(at_);
        const auto mark = std::ranges::find_if(
            kind_marks, [&](const kind_mark& each) { return rest.starts_with(each.mark); });
        if (!after_mark && mark != kind_marks.end()) {
            at_ += mark->mark.size();
            return column_token{token_kind::mark, std::string(mark->mark), begin};
        }
        at_ = std::min(text_.find_first_of(" \t\n,", at_), text_.size());
        return column_token{token_kind::word, std::string(text_.substr(begin, at_ - begin)), begin};
    }

    // Quoted words are strings of YAML.
    result<column_token> quoted(char mark) {
        const std::size_t begin = at_++;
        while (at_ < text_.size() && text_[at_] != mark) {
            at_ += mark == '"' && text_[at_] == '\\' ? 2 : 1;
        }
        if (at_ >= text_.size()) {
            return unexpected({token_kind::word, std::string(1, mark), begin});
        }
        ++at_;
        const auto value = read_yaml(text_.substr(begin, at_ - begin), "column");
        if (!value || !value->is_string()) {
            return unexpected({token_kind::word, std::string(1, mark), begin});
        }
        return column_token{token_kind::quoted, std::string(value->get_string()), begin};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

class column_parser {
  public:
    explicit column_parser(std::vector<column_token> tokens) : tokens_(std::move(tokens)) {}

    result<std::vector<run_column>> columns() {
        std::vector<run_column> out;
        for (;;) {
            auto one = column();
            if (!one) {
                return one.error();
            }
            out.push_back(std::move(*one));
            if (now().kind == token_kind::end) {
                return out;
            }
            if (now().kind != token_kind::comma) {
                return unexpected(now());
            }
            ++at_;
        }
    }

  private:
    [[nodiscard]] const column_token& now() const { return tokens_[at_]; }
    [[nodiscard]] const column_token& after() const {
        return tokens_[std::min(at_ + 1, tokens_.size() - 1)];
    }

    result<run_column> column() {
        run_column out;
        bool marked = false;
        if (now().kind == token_kind::mark) {
            marked = true;
            out.kind = std::ranges::find(kind_marks, now().text, &kind_mark::mark)->kind;
            ++at_;
        } else if (const auto part = part_here()) {
            out.part = *part;
            ++at_;
        }
        if (!now().is_name() ||
            (out.kind == column_kind::flag && now().kind == token_kind::quoted)) {
            return unexpected(now());
        }
        out.name = now().text;
        ++at_;
        if (out.kind == column_kind::scalar && now().is_word("step")) {
            out.step = true;
            ++at_;
        }
        out.heading = usual_heading(out);
        if (now().is_word("as")) {
            ++at_;
            if (!now().is_name()) {
                return unexpected(now());
            }
            out.heading = now().text;
            ++at_;
        }
        out.plain = out.kind == column_kind::scalar && !marked && !out.step &&
                    out.part == scalar_part::last;
        return out;
    }

    // A qualifier stands before a name; a scalar may be called like one.
    std::optional<scalar_part> part_here() const {
        const auto found = std::ranges::find(part_words, now().text, &part_word::word);
        if (now().kind != token_kind::word || found == part_words.end() || !after().is_name() ||
            after().is_word("as")) {
            return std::nullopt;
        }
        return found->part;
    }

    static std::string usual_heading(const run_column& column) {
        std::string out = column.name;
        if (column.kind == column_kind::scalar) {
            std::ranges::replace(out, '#', ' ');
            out.erase(0, out.find_first_not_of(' '));
            out += column.step ? " step" : "";
        }
        return out;
    }

    std::vector<column_token> tokens_;
    std::size_t at_ = 0;
};

} // namespace

result<std::vector<run_column>> parse_columns(std::string_view text) {
    auto tokens = column_tokens(text).all();
    if (!tokens) {
        return tokens.error();
    }
    return column_parser(std::move(*tokens)).columns();
}

result<run_column> parse_column(std::string_view text) {
    const auto invalid = [&](const std::string& why) {
        return failure(errc::bad_input, "invalid col spec '" + std::string(text) + "': " + why);
    };
    auto columns = parse_columns(text);
    if (!columns) {
        return invalid(columns.error().context);
    }
    if (columns->size() > 1) {
        return invalid("multiple cols not supported");
    }
    return std::move(columns->front());
}

} // namespace outrider
