#pragma once

#include "engine/core/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace outrider::cli {

/// The words of the pager that a person uses: $PAGER, otherwise `less -R`; nothing where $PAGER is
/// empty or `cat`.
[[nodiscard]] std::vector<std::string>
pager_words(const std::map<std::string, std::string>& environment);

/// A pager that takes the place of standard output while it lives. Its end closes standard output
/// and waits until the person has left the pager.
class pager {
  public:
    /// Starts it; nothing where no pager is wanted or none can be started.
    [[nodiscard]] static std::optional<pager>
    start(const std::map<std::string, std::string>& environment);
    pager(pager&& other) noexcept;
    pager& operator=(pager&&) = delete;
    ~pager();

  private:
    explicit pager(pid_t child) : child_(child) {}
    pid_t child_;
};

} // namespace outrider::cli
