#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace outrider {

/// A directory for one test, removed with it.
class scratch_directory {
  public:
    scratch_directory() {
        std::string pattern = std::filesystem::temp_directory_path() / "outrider-test-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("cannot make " + pattern);
        }
        path_ = std::filesystem::canonical(pattern).string();
    }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;
    ~scratch_directory() {
        std::error_code ec;
        std::filesystem::remove_all(path_, ec);
    }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string operator/(std::string_view below) const {
        return path_ + "/" + std::string(below);
    }
    /// Writes a file, with the directories that lead to it; returns its path.
    std::string write(std::string_view below, std::string_view content) const {
        const std::string file = *this / below;
        std::filesystem::create_directories(std::filesystem::path(file).parent_path());
        std::ofstream(file, std::ios::binary) << content;
        return file;
    }

  private:
    std::string path_;
};

} // namespace outrider
