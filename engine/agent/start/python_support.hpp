#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace outrider::agent {

/// A file of the Python package that lets modules run as operations; it travels in the agent.
struct support_file {
    std::string_view path; ///< relative, as `guild/op_main.py`
    std::string_view content;
};

/// All of them; generated at build time from engine/agent/python.
[[nodiscard]] const std::vector<support_file>& python_support_files();

/// The directory that holds them for PYTHONPATH, written into the cache on first use.
[[nodiscard]] result<std::filesystem::path>
ensure_python_support(const std::filesystem::path& cache);

} // namespace outrider::agent
