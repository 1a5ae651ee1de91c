#pragma once

#include "engine/commands/comparing/files_of_run.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/scalars/event_message.hpp"
#include "engine/scalars/event_records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// A run of this machine whose scalars are written out.
struct exported_run {
    std::string id;
    fs::path directory;
};

/// Every scalar of some runs as CSV (`run,path,tag,value,step`, lines ending in CR LF), piece by
/// piece: there may be millions. Blocks while it reads.
class scalars_export final : event_sink {
  public:
    explicit scalars_export(std::vector<exported_run> runs);

    /// The next piece; nothing once all is written. What of a file cannot be read is left out.
    [[nodiscard]] std::optional<std::string> next();

  private:
    bool open_next();
    void read_some();
    void take_scalar(std::string_view tag, std::int64_t step, double value) override;
    void take_text(std::string_view, std::string_view) override {}

    std::vector<exported_run> runs_;
    std::size_t next_run_ = 0;
    std::vector<file_of_run> files_; // of the run before `next_run_`
    std::size_t next_file_ = 0;
    descriptor content_;
    event_records records_;
    std::string row_begin_; // of the file that is read: its run and path
    std::string piece_;
};

} // namespace outrider
