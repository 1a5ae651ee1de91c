#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::cli {

/// Which commands a tree must have: to make all of them takes as long as half a listing from a
/// warm service. A command line can only mean commands whose names are words of it.
class needed_verbs {
  public:
    /// All.
    needed_verbs() = default;
    /// Those that these words may mean.
    explicit needed_verbs(const std::vector<std::string>& words) : words_(words) {}

    [[nodiscard]] bool contain(std::string_view name) const {
        return !words_ || std::ranges::find(*words_, name) != words_->end();
    }

  private:
    std::optional<std::vector<std::string>> words_;
};

} // namespace outrider::cli
