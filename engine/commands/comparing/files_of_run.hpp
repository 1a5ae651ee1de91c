#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace outrider {

namespace fs = std::filesystem;

/// A file of a run of this machine.
struct file_of_run {
    std::string directory; ///< relative to the run; empty: the run itself
    std::string name;
    fs::path place; ///< where it is read

    [[nodiscard]] std::string path() const {
        return directory.empty() ? name : directory + "/" + name;
    }
};

/// Whether a file holds events by its name; those of attributes do not.
[[nodiscard]] bool is_event_file(const std::string& name);

/// The event files of a run, through links to other runs too: by directory, then by name.
[[nodiscard]] std::vector<file_of_run> event_files_in(const fs::path& run);

/// What a run made: its event files, and all files that are neither hidden nor source code, in the
/// order of their paths. Bounded in number and depth; links are passed over.
[[nodiscard]] std::vector<file_of_run> made_files_in(const fs::path& run);

} // namespace outrider
