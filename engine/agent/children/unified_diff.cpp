#include "engine/agent/children/unified_diff.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace outrider::agent {
namespace {

using diff_lines = std::vector<std::string_view>;

/// Lines around a difference that are shown with it.
constexpr std::size_t context_lines = 3;
/// Largest table of common subsequences, cells.
constexpr std::size_t largest_table = std::size_t{4} << 20;

/// Lines that are equal (`' '`), in the first text alone (`'-'`) or in the second (`'+'`).
struct diff_edit {
    char kind = ' ';
    std::size_t from = 0; ///< lines of the first text before it
    std::size_t to = 0;   ///< of the second
};

diff_lines split_diff_lines(std::string_view text) {
    diff_lines out;
    for (std::size_t at = 0;;) {
        const auto end = text.find('\n', at);
        out.push_back(text.substr(at, end == text.npos ? end : end - at));
        if (end == text.npos) {
            return out;
        }
        at = end + 1;
    }
}

/// Length of the longest common subsequence of what follows, for each pair of positions.
class common_lengths {
  public:
    common_lengths(const diff_lines& a, const diff_lines& b)
        : width_(b.size() + 1), table_((a.size() + 1) * width_) {
        for (std::size_t i = a.size(); i-- > 0;) {
            for (std::size_t j = b.size(); j-- > 0;) {
                table_[i * width_ + j] =
                    a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
            }
        }
    }
    [[nodiscard]] std::uint32_t at(std::size_t i, std::size_t j) const {
        return table_[i * width_ + j];
    }

  private:
    std::size_t width_;
    std::vector<std::uint32_t> table_;
};

std::vector<diff_edit> edits_between(const diff_lines& a, const diff_lines& b) {
    std::vector<diff_edit> out;
    std::size_t i = 0;
    std::size_t j = 0;
    if ((a.size() + 1) * (b.size() + 1) <= largest_table) {
        const common_lengths common(a, b);
        while (i < a.size() && j < b.size()) {
            if (a[i] == b[j]) {
                out.push_back({' ', i++, j++});
            } else if (common.at(i + 1, j) >= common.at(i, j + 1)) {
                out.push_back({'-', i++, j});
            } else {
                out.push_back({'+', i, j++});
            }
        }
    }
    while (i < a.size()) {
        out.push_back({'-', i++, j});
    }
    while (j < b.size()) {
        out.push_back({'+', i, j++});
    }
    return out;
}

std::string hunk_range(std::size_t before, std::size_t count) {
    if (count == 1) {
        return std::to_string(before + 1);
    }
    return std::to_string(count == 0 ? before : before + 1) + "," + std::to_string(count);
}

} // namespace

std::vector<std::string> unified_diff(std::string_view from, std::string_view to,
                                      const std::string& from_name, const std::string& to_name) {
    const diff_lines a = split_diff_lines(from);
    const diff_lines b = split_diff_lines(to);
    const auto edits = edits_between(a, b);
    std::vector<std::string> out;
    const auto is_change = [](const diff_edit& one) { return one.kind != ' '; };
    auto next = std::ranges::find_if(edits, is_change);
    if (next != edits.end()) {
        out = {"--- " + from_name + "\n", "+++ " + to_name + "\n"};
    }
    while (next != edits.end()) {
        const auto begin =
            next - std::min<std::ptrdiff_t>(next - edits.begin(), std::ptrdiff_t{context_lines});
        // A hunk goes on while the next change is near enough to share its context.
        auto last = next;
        for (auto at = next; at != edits.end() && at - last <= 2 * std::ptrdiff_t{context_lines};
             ++at) {
            last = is_change(*at) ? at : last;
        }
        const auto end =
            last + 1 +
            std::min<std::ptrdiff_t>(edits.end() - last - 1, std::ptrdiff_t{context_lines});
        const auto added = static_cast<std::size_t>(
            std::count_if(begin, end, [](const diff_edit& one) { return one.kind == '+'; }));
        const auto removed = static_cast<std::size_t>(
            std::count_if(begin, end, [](const diff_edit& one) { return one.kind == '-'; }));
        const auto all = static_cast<std::size_t>(end - begin);
        out.push_back("@@ -" + hunk_range(begin->from, all - added) + " +" +
                      hunk_range(begin->to, all - removed) + " @@\n");
        for (auto at = begin; at != end; ++at) {
            out.push_back(at->kind + std::string(at->kind == '+' ? b[at->to] : a[at->from]));
        }
        next = std::find_if(end, edits.end(), is_change);
    }
    return out;
}

} // namespace outrider::agent
