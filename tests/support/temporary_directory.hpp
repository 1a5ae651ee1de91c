#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace outrider::testing {

/// A directory of a test's own below the system's temporary directory, without links on the way to
/// it; removed at the end.
class temporary_directory {
  public:
    temporary_directory();
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// The path of an entry in it, as text.
    [[nodiscard]] std::string operator/(std::string_view name) const { return (path_ / name); }

    /// Writes a file in it, with the directories that lead to it; returns its path.
    std::string write(std::string_view name, std::string_view text) const;

  private:
    std::filesystem::path path_;
};

/// Writes a whole file, with this mode. Throws where it cannot.
void write_file(const std::string& path, std::string_view text, unsigned mode = 0600);
/// The whole file; empty where there is none.
[[nodiscard]] std::string read_file(const std::string& path);

} // namespace outrider::testing
