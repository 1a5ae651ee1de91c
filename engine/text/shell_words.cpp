#include "engine/text/shell_words.hpp"

#include <algorithm>

namespace outrider {
namespace {

constexpr std::string_view white_space = " \t\r\n";

bool is_safe(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("@%+=:,./-_").find(c) != std::string_view::npos;
}

/// Reads words off `text`; `at_` stands behind what was read.
class word_reader {
  public:
    explicit word_reader(std::string_view text) : text_(text) {}

    result<std::vector<std::string>> words() {
        std::vector<std::string> out;
        for (skip_space(); at_ < text_.size(); skip_space()) {
            std::string word;
            if (auto read = read_word(word); !read) {
                return read.error();
            }
            out.push_back(std::move(word));
        }
        return out;
    }

  private:
    void skip_space() { at_ = std::min(text_.find_first_not_of(white_space, at_), text_.size()); }

    result<> read_word(std::string& word) {
        while (at_ < text_.size() && white_space.find(text_[at_]) == std::string_view::npos) {
            const char c = text_[at_++];
            if (c == '\'') {
                const auto end = text_.find('\'', at_);
                if (end == std::string_view::npos) {
                    return failure(errc::bad_input, "No closing quotation");
                }
                word.append(text_.substr(at_, end - at_));
                at_ = end + 1;
            } else if (c == '"') {
                if (auto read = read_double_quoted(word); !read) {
                    return read;
                }
            } else if (c != '\\') {
                word.push_back(c);
            } else if (at_ < text_.size()) {
                word.push_back(text_[at_++]);
            } else {
                return failure(errc::bad_input, "No escaped character");
            }
        }
        return {};
    }

    result<> read_double_quoted(std::string& word) {
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"') {
                return {};
            }
            // Inside double quotes a backslash protects only itself and the quote.
            const bool escapes =
                c == '\\' && at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\\');
            word.push_back(escapes ? text_[at_++] : c);
        }
        return failure(errc::bad_input, "No closing quotation");
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

std::string shell_quote(std::string_view word) {
    if (word.empty()) {
        return "''";
    }
    if (std::all_of(word.begin(), word.end(), is_safe)) {
        return std::string(word);
    }
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'') {
            out += "'\"'\"'";
        } else {
            out.push_back(c);
        }
    }
    return out + "'";
}

result<std::vector<std::string>> shell_split(std::string_view text) {
    return word_reader(text).words();
}

} // namespace outrider
