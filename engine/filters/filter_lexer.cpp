#include "engine/filters/filter_lexer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace outrider {
namespace {

constexpr std::string_view spaces = " \t\r\n";
// Longer ones first.
constexpr std::array<std::string_view, 12> symbols{"!=", "<>", "<=", ">=", "=", "<",
                                                   ">",  "(",  ")",  "[",  "]", ","};

// Whether a byte may stand in a name or a text without quotes; bytes of UTF-8 may.
bool in_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0 ||
           std::string_view("_-+.:/#*~%@$&|").find(c) != std::string_view::npos;
}

// What a word is if it is a number.
boost::json::value number(std::string_view word) {
    const char* end = word.data() + word.size();
    const char* begin = word.data() + (word.starts_with('+') ? 1 : 0);
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(begin, end, whole);
        read.ec == std::errc() && read.ptr == end) {
        return whole;
    }
    double real = 0;
    const bool digits = std::ranges::any_of(word, [](unsigned char c) { return std::isdigit(c); });
    const auto read = std::from_chars(begin, end, real);
    return digits && read.ec == std::errc() && read.ptr == end ? boost::json::value(real)
                                                               : boost::json::value(nullptr);
}

class lexer {
  public:
    explicit lexer(std::string_view text) : text_(text) {}

    result<std::vector<filter_token>> run() {
        std::vector<filter_token> out;
        for (;;) {
            at_ = std::min(text_.find_first_not_of(spaces, at_), text_.size());
            if (at_ == text_.size()) {
                out.push_back({.at = at_});
                return out;
            }
            auto token = next();
            if (!token) {
                return token.error();
            }
            out.push_back(std::move(*token));
        }
    }

  private:
    result<filter_token> next() {
        if (text_[at_] == '\'' || text_[at_] == '"') {
            return quoted();
        }
        for (const auto symbol : symbols) {
            if (text_.substr(at_).starts_with(symbol)) {
                return take(filter_token_kind::symbol, symbol.size());
            }
        }
        if (!in_word(text_[at_])) {
            return failure(errc::bad_input, "syntax error in filter at position " +
                                                std::to_string(at_) + ": unexpected token " +
                                                text_[at_]);
        }
        std::size_t end = at_;
        while (end < text_.size() && in_word(text_[end])) {
            ++end;
        }
        auto word = take(filter_token_kind::word, end - at_);
        word.value = number(word.text);
        if (!word.value.is_null()) {
            word.kind = filter_token_kind::literal;
        }
        return word;
    }

    filter_token take(filter_token_kind kind, std::size_t size) {
        filter_token out{.kind = kind, .text = std::string(text_.substr(at_, size)), .at = at_};
        at_ += size;
        return out;
    }

    // A quote or a backslash within is written with a backslash before it.
    result<filter_token> quoted() {
        filter_token out{.kind = filter_token_kind::literal, .at = at_};
        const char quote = text_[at_++];
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                ++at_;
            }
            out.text += text_[at_++];
        }
        if (at_ == text_.size()) {
            return failure(errc::bad_input, "syntax error in filter at position " +
                                                std::to_string(out.at) +
                                                ": the quote is not closed");
        }
        ++at_;
        out.value = out.text;
        return out;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

result<std::vector<filter_token>> filter_tokens(std::string_view text) {
    return lexer(text).run();
}

} // namespace outrider
