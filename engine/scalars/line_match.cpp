#include "engine/scalars/line_pattern.hpp"

#include <algorithm>
#include <cctype>
#include <memory>

namespace outrider {
namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

bool word_at(std::string_view line, std::size_t at) {
    if (at >= line.size()) {
        return false;
    }
    const auto byte = static_cast<unsigned char>(line[at]);
    return std::isalnum(byte) != 0 || byte == '_' || byte >= 0x80;
}

} // namespace

/// One search: all ways through the states at once, those preferred first (Pike's method). Each
/// state is entered at most once for each byte of the line.
class pattern_run {
  public:
    pattern_run(const line_pattern& pattern, std::string_view line)
        : pattern_(pattern), line_(line), slots_(2 * (pattern.names_.size() + 1)),
          entered_(pattern.program_.size(), nowhere) {}

    bool run(std::size_t from, std::uint64_t& steps) {
        steps_ = steps;
        bool found = false;
        for (std::size_t at = from; at <= line_.size(); ++at) {
            if (!found) {
                captures fresh(slots_, nowhere);
                enter(0, at, std::move(fresh), now_);
            }
            if (steps_ == 0 || (found && now_.empty())) {
                break;
            }
            found = step(at) || found;
            std::swap(now_, then_);
            then_.clear();
        }
        steps = steps_;
        return found && steps_ > 0;
    }
    const std::vector<std::size_t>& best() const { return best_; }

  private:
    using captures = std::vector<std::size_t>;
    struct way {
        std::uint32_t state;
        captures caught;
    };

    void use_step() { steps_ -= steps_ > 0 ? 1 : 0; }

    // Lets every way take the byte at `at`; true when one of them is done.
    bool step(std::size_t at) {
        for (auto& each : now_) {
            const auto& instruction = pattern_.program_[each.state];
            if (instruction.what == line_pattern::op::done) {
                best_ = std::move(each.caught);
                return true; // those behind it are less preferred
            }
            use_step();
            if (at < line_.size() &&
                pattern_.sets_[instruction.x][static_cast<unsigned char>(line_[at])]) {
                enter(each.state + 1, at + 1, std::move(each.caught), then_);
            }
        }
        return false;
    }

    // Follows what takes no byte, to the states that take one.
    void enter(std::uint32_t first, std::size_t at, captures caught, std::vector<way>& into) {
        std::vector<way> open;
        open.push_back({first, std::move(caught)});
        while (!open.empty()) {
            way each = std::move(open.back());
            open.pop_back();
            if (entered_[each.state] == at) {
                continue;
            }
            entered_[each.state] = at;
            use_step();
            const auto& instruction = pattern_.program_[each.state];
            switch (instruction.what) {
            case line_pattern::op::byte:
            case line_pattern::op::done:
                into.push_back(std::move(each));
                break;
            case line_pattern::op::split:
                open.push_back({instruction.y, each.caught});
                open.push_back({instruction.x, std::move(each.caught)});
                break;
            case line_pattern::op::jump:
                open.push_back({instruction.x, std::move(each.caught)});
                break;
            case line_pattern::op::save:
                each.caught[instruction.x] = at;
                open.push_back({each.state + 1, std::move(each.caught)});
                break;
            default:
                if (holds(instruction.what, at)) {
                    open.push_back({each.state + 1, std::move(each.caught)});
                }
                break;
            }
        }
    }

    bool holds(line_pattern::op what, std::size_t at) const {
        if (what == line_pattern::op::line_begin) {
            return at == 0;
        }
        if (what == line_pattern::op::line_end) {
            return at == line_.size();
        }
        const bool edge = (at > 0 && word_at(line_, at - 1)) != word_at(line_, at);
        return edge == (what == line_pattern::op::word_edge);
    }

    const line_pattern& pattern_;
    std::string_view line_;
    std::size_t slots_;
    std::vector<std::size_t> entered_; // by state: the position it was entered at last
    std::vector<way> now_;
    std::vector<way> then_;
    captures best_;
    std::uint64_t steps_ = 0; // that are left
};

bool line_pattern::search(std::string_view line, std::size_t from, match& out,
                          std::uint64_t& steps) const {
    pattern_run running(*this, line);
    if (!running.run(from, steps)) {
        return false;
    }
    const auto& caught = running.best();
    out.begin = caught[0];
    out.end = caught[1];
    out.found.clear();
    for (std::size_t i = 2; i + 1 < caught.size(); i += 2) {
        const bool took_part = caught[i] != nowhere && caught[i + 1] != nowhere;
        out.found.push_back(took_part ? line.substr(caught[i], caught[i + 1] - caught[i])
                                      : std::string_view());
    }
    return true;
}

} // namespace outrider
