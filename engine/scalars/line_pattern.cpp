#include "engine/scalars/line_pattern.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>

namespace outrider {
namespace {

using byte_set = std::bitset<256>;

constexpr std::size_t most_states = 2'000;
constexpr std::size_t most_groups = 30;
constexpr int deepest = 50; // groups in groups
constexpr int most_repeats = 500;

/// A pattern as it was read.
struct node {
    enum class kind {
        set,
        line_begin,
        line_end,
        word_edge,
        not_word_edge,
        row,
        choice,
        repeat,
        group
    };
    kind what = kind::row;
    byte_set set;
    std::vector<std::unique_ptr<node>> parts;
    int least = 0; // repeat
    int most = 0;  // repeat; -1: any number
    bool greedy = true;
    std::size_t number = 0; // group
};
using node_ptr = std::unique_ptr<node>;

node_ptr make(node::kind what) {
    auto out = std::make_unique<node>();
    out->what = what;
    return out;
}

byte_set set_where(bool (*wanted)(unsigned char)) {
    byte_set out;
    for (std::size_t byte = 0; byte < out.size(); ++byte) {
        out[byte] = wanted(static_cast<unsigned char>(byte));
    }
    return out;
}

bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}
bool is_word(unsigned char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}
bool is_space(unsigned char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// `\d` and its like, or nothing.
std::optional<byte_set> class_of(char letter) {
    switch (letter) {
    case 'd':
        return set_where(is_digit);
    case 'D':
        return ~set_where(is_digit);
    case 'w':
        return set_where(is_word);
    case 'W':
        return ~set_where(is_word);
    case 's':
        return set_where(is_space);
    case 'S':
        return ~set_where(is_space);
    default:
        return std::nullopt;
    }
}

byte_set both_cases(byte_set set) {
    for (char lower = 'a'; lower <= 'z'; ++lower) {
        const auto upper = static_cast<std::size_t>(lower - 'a' + 'A');
        const auto small = static_cast<std::size_t>(lower);
        set[upper] = set[small] = set[upper] || set[small];
    }
    return set;
}

/// Reads the text by descent. The first error stands; what follows it does not matter.
class pattern_reader {
  public:
    explicit pattern_reader(std::string_view text) : rest_(text) {
        if (rest_.starts_with("(?i)")) {
            rest_.remove_prefix(4);
            any_case_ = true;
        }
    }

    result<node_ptr> read() {
        auto out = choice();
        if (!rest_.empty()) {
            fail("')' without '('");
        }
        if (!error_.empty()) {
            return failure(errc::bad_input, error_);
        }
        return out;
    }
    std::vector<std::string> names;

  private:
    void fail(const std::string& what) {
        if (error_.empty()) {
            error_ = what;
        }
        rest_ = {};
    }
    bool take(std::string_view text) {
        if (!rest_.starts_with(text)) {
            return false;
        }
        rest_.remove_prefix(text.size());
        return true;
    }
    char next() {
        const char out = rest_.front();
        rest_.remove_prefix(1);
        return out;
    }

    node_ptr choice() {
        auto first = row();
        if (!rest_.starts_with('|')) {
            return first;
        }
        auto out = make(node::kind::choice);
        out->parts.push_back(std::move(first));
        while (take("|")) {
            out->parts.push_back(row());
        }
        return out;
    }

    node_ptr row() {
        auto out = make(node::kind::row);
        while (!rest_.empty() && rest_.front() != '|' && rest_.front() != ')') {
            out->parts.push_back(repeated(atom()));
        }
        return out;
    }

    node_ptr repeated(node_ptr part) {
        for (bool again = false;; again = true) {
            int least = 0;
            int most = -1;
            if (take("*")) {
            } else if (take("+")) {
                least = 1;
            } else if (take("?")) {
                most = 1;
            } else if (!counted(least, most)) {
                return part;
            }
            if (again) {
                fail("a quantifier follows a quantifier");
                return part;
            }
            auto out = make(node::kind::repeat);
            out->least = least;
            out->most = most;
            out->greedy = !take("?");
            out->parts.push_back(std::move(part));
            part = std::move(out);
        }
    }

    // `{3}`, `{1,}`, `{,4}`, `{1,4}`; anything else in braces is text.
    bool counted(int& least, int& most) {
        const auto close = rest_.find('}');
        if (!rest_.starts_with('{') || close == std::string_view::npos) {
            return false;
        }
        const auto inside = rest_.substr(1, close - 1);
        const auto comma = std::min(inside.find(','), inside.size());
        const auto low = inside.substr(0, comma);
        const auto high = comma == inside.size() ? low : inside.substr(comma + 1);
        const auto digits = [](std::string_view text) {
            return text.size() <= 4 && std::ranges::all_of(text, [](char c) {
                       return is_digit(static_cast<unsigned char>(c));
                   });
        };
        if (!digits(low) || !digits(high) || inside.empty()) {
            return false;
        }
        rest_.remove_prefix(close + 1);
        least = low.empty() ? 0 : std::stoi(std::string(low));
        most = high.empty() ? -1 : std::stoi(std::string(high));
        if (least > most_repeats || most > most_repeats || (most >= 0 && most < least)) {
            fail("a count of repeats that is not possible");
        }
        return true;
    }

    node_ptr of_set(byte_set set) const {
        auto out = make(node::kind::set);
        out->set = any_case_ ? both_cases(set) : set;
        return out;
    }

    static byte_set only(char c) {
        byte_set out;
        out.set(static_cast<unsigned char>(c));
        return out;
    }

    node_ptr atom() {
        const char c = next();
        switch (c) {
        case '(':
            return group();
        case '[':
            return of_set(bracket());
        case '.':
            return of_set(~only('\n'));
        case '^':
            return make(node::kind::line_begin);
        case '$':
            return make(node::kind::line_end);
        case '\\':
            return escape();
        case '*':
        case '+':
        case '?':
            fail("nothing to repeat");
            return make(node::kind::row);
        default:
            return of_set(only(c));
        }
    }

    node_ptr group() {
        std::string name;
        bool captures = true;
        if (take("?:")) {
            captures = false;
        } else if (take("?P<")) {
            const auto close = std::min(rest_.find('>'), rest_.size());
            name = std::string(rest_.substr(0, close));
            rest_.remove_prefix(std::min(close + 1, rest_.size()));
        } else if (rest_.starts_with('?')) {
            fail("'(" + std::string(rest_.substr(0, 2)) + "' is not supported");
        }
        auto out = make(captures ? node::kind::group : node::kind::row);
        if (captures) {
            names.push_back(name);
            out->number = names.size();
        }
        if (++depth_ > deepest || names.size() > most_groups) {
            fail("too many groups");
        }
        out->parts.push_back(choice());
        --depth_;
        if (!take(")")) {
            fail("'(' without ')'");
        }
        return out;
    }

    // The byte that an escape stands for where it is no class.
    char escaped_byte() {
        const char c = next();
        switch (c) {
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case 'r':
            return '\r';
        case 'f':
            return '\f';
        case 'v':
            return '\v';
        case 'x': {
            const auto digits = rest_.substr(0, 2);
            if (digits.size() < 2 || std::isxdigit(static_cast<unsigned char>(digits[0])) == 0 ||
                std::isxdigit(static_cast<unsigned char>(digits[1])) == 0) {
                fail("'\\x' takes two hexadecimal digits");
                return c;
            }
            rest_.remove_prefix(2);
            return static_cast<char>(std::stoi(std::string(digits), nullptr, 16));
        }
        default:
            if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
                fail(std::string("'\\") + c + "' is not supported");
            }
            return c;
        }
    }

    node_ptr escape() {
        if (rest_.empty()) {
            fail("a '\\' at the end");
            return make(node::kind::row);
        }
        if (const auto set = class_of(rest_.front())) {
            next();
            return of_set(*set);
        }
        for (const auto& [letter, what] :
             {std::pair{"b", node::kind::word_edge}, std::pair{"B", node::kind::not_word_edge},
              std::pair{"A", node::kind::line_begin}, std::pair{"Z", node::kind::line_end}}) {
            if (take(letter)) {
                return make(what);
            }
        }
        return of_set(only(escaped_byte()));
    }

    byte_set bracket() {
        byte_set out;
        const bool negated = take("^");
        for (bool first = true;; first = false) {
            if (rest_.empty()) {
                fail("'[' without ']'");
                return out;
            }
            if (!first && take("]")) {
                return negated ? ~(any_case_ ? both_cases(out) : out) : out;
            }
            char low = next();
            if (low == '\\' && !rest_.empty()) {
                if (const auto set = class_of(rest_.front())) {
                    next();
                    out |= *set;
                    continue;
                }
                low = escaped_byte();
            }
            char high = low;
            if (rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']') {
                next();
                high = next();
                if (high == '\\' && !rest_.empty()) {
                    high = escaped_byte();
                }
            }
            add_range(out, low, high);
        }
    }

    void add_range(byte_set& set, char low, char high) {
        const auto from = static_cast<unsigned char>(low);
        const auto to = static_cast<unsigned char>(high);
        if (from > to) {
            fail("a range in '[]' that runs backwards");
        }
        for (std::size_t byte = from; byte <= to; ++byte) {
            set.set(byte);
        }
    }

    std::string_view rest_;
    std::string error_;
    bool any_case_ = false;
    int depth_ = 0;
};

} // namespace

/// Makes the states of what was read.
class pattern_compiler {
  public:
    explicit pattern_compiler(line_pattern& out) : out_(out) {}

    bool compile(const node& whole) {
        add(line_pattern::op::save, 0);
        emit(whole);
        add(line_pattern::op::save, 1);
        add(line_pattern::op::done);
        return !too_large_;
    }

  private:
    using op = line_pattern::op;

    std::uint32_t here() const { return static_cast<std::uint32_t>(out_.program_.size()); }

    std::uint32_t add(op what, std::uint32_t x = 0, std::uint32_t y = 0) {
        too_large_ = too_large_ || out_.program_.size() >= most_states;
        if (!too_large_) {
            out_.program_.push_back({.what = what, .x = x, .y = y});
        }
        return too_large_ ? 0 : here() - 1;
    }

    void emit(const node& what) {
        if (too_large_) {
            return;
        }
        switch (what.what) {
        case node::kind::set:
            out_.sets_.push_back(what.set);
            add(op::byte, static_cast<std::uint32_t>(out_.sets_.size() - 1));
            break;
        case node::kind::line_begin:
            add(op::line_begin);
            break;
        case node::kind::line_end:
            add(op::line_end);
            break;
        case node::kind::word_edge:
            add(op::word_edge);
            break;
        case node::kind::not_word_edge:
            add(op::not_word_edge);
            break;
        case node::kind::row:
            for (const auto& part : what.parts) {
                emit(*part);
            }
            break;
        case node::kind::group:
            add(op::save, static_cast<std::uint32_t>(2 * what.number));
            emit(*what.parts.front());
            add(op::save, static_cast<std::uint32_t>(2 * what.number + 1));
            break;
        case node::kind::choice:
            emit_choice(what);
            break;
        case node::kind::repeat:
            emit_repeat(what);
            break;
        }
    }

    void emit_choice(const node& what) {
        std::vector<std::uint32_t> ends;
        for (std::size_t i = 0; i + 1 < what.parts.size(); ++i) {
            const auto fork = add(op::split, here() + 1);
            emit(*what.parts[i]);
            ends.push_back(add(op::jump));
            out_.program_[fork].y = here();
        }
        emit(*what.parts.back());
        for (const auto end : ends) {
            out_.program_[end].x = here();
        }
    }

    // The preferred way of a fork first.
    void set_fork(std::uint32_t fork, std::uint32_t in, std::uint32_t past, bool greedy) {
        out_.program_[fork].x = greedy ? in : past;
        out_.program_[fork].y = greedy ? past : in;
    }

    void emit_repeat(const node& what) {
        for (int i = 0; i < what.least && !too_large_; ++i) {
            emit(*what.parts.front());
        }
        if (what.most < 0) {
            const auto fork = add(op::split);
            emit(*what.parts.front());
            add(op::jump, fork);
            set_fork(fork, fork + 1, here(), what.greedy);
            return;
        }
        std::vector<std::uint32_t> forks;
        for (int i = what.least; i < what.most && !too_large_; ++i) {
            forks.push_back(add(op::split));
            emit(*what.parts.front());
        }
        for (const auto fork : forks) {
            set_fork(fork, fork + 1, here(), what.greedy);
        }
    }

    line_pattern& out_;
    bool too_large_ = false;
};

result<line_pattern> line_pattern::compile(std::string_view text) {
    pattern_reader reader(text);
    auto read = reader.read();
    if (!read) {
        return read.error();
    }
    line_pattern out;
    out.names_ = std::move(reader.names);
    if (!pattern_compiler(out).compile(**read)) {
        return failure(errc::bad_input, "the pattern is too large");
    }
    return out;
}

} // namespace outrider
