#pragma once

#include "engine/core/descriptor.hpp"
#include "engine/runs/run_paths.hpp"

#include <string>
#include <string_view>

namespace outrider::agent {

/// Writes all of it to our standard output.
void write_out(std::string_view bytes);

/// Shows the output of one child as it comes, on our own standard output. Of children that run side
/// by side only whole lines are shown. Owned by who runs the children; its end forgets the rest.
class child_output {
  public:
    /// From its beginning. `whole_lines`: others are shown at the same time.
    child_output(const run_paths& run, bool whole_lines);

    /// Shows what is new.
    void show();
    /// Shows the last line as well, which may have no line feed.
    void finish();

  private:
    void put(std::string_view bytes);

    descriptor file_;
    bool whole_lines_;
    std::string open_line_; // shown when it is whole
    bool line_open_ = false;
};

} // namespace outrider::agent
