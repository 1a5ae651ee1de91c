#pragma once

#include "engine/commands/comparing/files_of_run.hpp"
#include "engine/commands/comparing/hparams_events.hpp"
#include "engine/core/result.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace outrider {

/// A run of this machine as TensorBoard is to show it.
struct logged_run {
    std::string id;
    std::string name; ///< of its directory
    std::string operation;
    fs::path directory;
    boost::json::object hparams;
    std::optional<std::int64_t> started_us;
    std::optional<std::int64_t> stopped_us; ///< once it has ended
    hparams_status status = hparams_status::unknown;
};

/// What is shown besides scalars.
struct log_directory_style {
    bool images = true;
    bool hparams = true;
};

/// The name of a run's directory: its parts with spaces between them, without what no name can
/// hold, cut at 148 bytes.
[[nodiscard]] std::string log_name(const std::vector<std::string>& parts);

/// The directory that TensorBoard reads: a directory for each run, with links to what the run made
/// and event files of ours beside them. What is there already is left alone, so that a later
/// refresh costs little. Owned by the command; blocks; used by one thread at a time.
class log_directory {
  public:
    log_directory(fs::path root, log_directory_style style)
        : root_(std::move(root)), style_(style) {}

    /// Makes it show these runs, and no others.
    [[nodiscard]] result<> refresh(const std::vector<logged_run>& runs,
                                   const hparams_experiment& experiment);
    [[nodiscard]] const fs::path& root() const { return root_; }

  private:
    result<> refresh_run(const logged_run& run, const hparams_experiment& experiment);
    result<> link(const file_of_run& file, const fs::path& below);
    result<> add_image(const file_of_run& file, const fs::path& below, std::size_t& count);
    result<> add_summaries(const logged_run& run, const fs::path& place,
                           const hparams_experiment& experiment);
    result<> write_once(const fs::path& path, const std::vector<std::string>& events);

    fs::path root_;
    log_directory_style style_;
    std::set<fs::path> written_;                     // files of ours, each written once
    std::map<std::string, std::size_t> images_;      // of each run
    std::map<std::string, std::string> known_names_; // of runs, by id
};

} // namespace outrider
