#include "cli/render/wrapped_text.hpp"

#include "cli/render/text_table.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

namespace outrider::cli {
namespace {

bool is_letter(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || c == '_' || std::isalpha(byte) != 0;
}

// Behind the hyphen at `at` of a word a line may end: "well-known", not "-x", "1-2" or "a-1".
bool breaks_behind(std::string_view word, std::size_t at) {
    const auto letter = [&](std::size_t i) { return i < word.size() && is_letter(word[i]); };
    const bool before = at >= 2 && letter(at - 1) &&
                        (letter(at - 2) || (at >= 3 && word[at - 2] == '-' && letter(at - 3)));
    const bool after =
        letter(at + 1) &&
        (letter(at + 2) || (at + 2 < word.size() && word[at + 2] == '-' && letter(at + 3)));
    return word[at] == '-' && before && after;
}

/// A part of a line that is not broken: a word, a part of a hyphenated one, or blanks.
std::vector<std::string> pieces_of(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const bool blank = text[at] == ' ';
        const auto end =
            std::min(blank ? text.find_first_not_of(' ', at) : text.find(' ', at), text.size());
        const auto word = text.substr(at, end - at);
        std::size_t begin = 0;
        for (std::size_t i = 0; !blank && i < word.size(); ++i) {
            if (breaks_behind(word, i)) {
                out.emplace_back(word.substr(begin, i + 1 - begin));
                begin = i + 1;
            }
        }
        out.emplace_back(word.substr(begin));
        at = end;
    }
    return out;
}

/// Fills lines with pieces.
class line_filler {
  public:
    line_filler(std::vector<std::string>& out, const std::string& indent, std::size_t width)
        : out_(out), indent_(indent), width_(width > indent.size() ? width - indent.size() : 1) {}

    void fill(std::string_view text) {
        for (auto& piece : pieces_of(text)) {
            take(std::move(piece));
        }
        end_line();
    }

  private:
    void take(std::string piece) {
        const bool blank = piece.front() == ' ';
        if (text_width(line_) + text_width(piece) <= width_) {
            line_ += blank && line_.empty() && began_ ? "" : piece;
            return;
        }
        if (blank) {
            end_line();
            return;
        }
        while (text_width(piece) > width_) { // no line has room for it as a whole
            const auto part =
                cut_to_width(piece, std::max(width_ - text_width(line_), std::size_t{1}));
            line_ += part;
            piece.erase(0, part.size());
            end_line();
        }
        if (text_width(line_) + text_width(piece) > width_) {
            end_line();
        }
        line_ += piece;
    }

    void end_line() {
        const auto last = line_.find_last_not_of(' ');
        if (last != line_.npos) {
            out_.push_back(indent_ + line_.substr(0, last + 1));
            began_ = true;
        }
        line_.clear();
    }

    std::vector<std::string>& out_;
    const std::string& indent_;
    std::size_t width_;
    std::string line_;
    bool began_ = false; // a line of the paragraph is there
};

} // namespace

std::vector<std::string> wrapped_lines(const std::string& text, std::size_t width) {
    std::vector<std::string> out;
    std::string paragraph;
    std::string indent;
    const auto finish = [&] {
        if (!paragraph.empty()) {
            if (!out.empty()) {
                out.emplace_back();
            }
            line_filler(out, indent, width).fill(paragraph);
        }
        paragraph.clear();
    };
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line == "\b") {
            finish();
            if (!out.empty()) {
                out.emplace_back();
            }
            while (std::getline(lines, line)) {
                out.push_back(std::move(line));
            }
            break;
        }
        if (line.empty()) {
            finish();
        } else if (paragraph.empty()) {
            indent.assign(std::min(line.find_first_not_of(' '), line.size()), ' ');
            paragraph = line.substr(indent.size());
        } else {
            paragraph += " " + line;
        }
    }
    finish();
    while (!out.empty() && out.back().empty()) {
        out.pop_back();
    }
    return out;
}

} // namespace outrider::cli
