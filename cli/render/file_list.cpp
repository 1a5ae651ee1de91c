#include "cli/render/file_list.hpp"

#include "cli/render/paths.hpp"
#include "cli/render/times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace outrider::cli {
namespace {

// "-rw-r--r--    1.5K  2026-01-31 23:59:59  ", sizes aligned.
std::vector<std::string> detail_columns(const std::vector<file_detail>& details, bool human) {
    std::vector<std::string> sizes;
    std::size_t widest = 0;
    for (const auto& each : details) {
        sizes.push_back(human ? size_text(each.size) : std::to_string(each.size));
        widest = std::max(widest, sizes.back().size());
    }
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < details.size(); ++i) {
        columns.push_back(fmt::format("{}  {:>{}}  {}  ", details[i].mode, sizes[i], widest,
                                      local_time(details[i].modified_us)));
    }
    return columns;
}

} // namespace

std::string size_text(std::int64_t bytes) {
    constexpr std::array units{"K", "M", "G", "T", "P"};
    if (bytes < 1024) {
        return std::to_string(bytes);
    }
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    // 1023.95 would show as 1024.0
    for (value /= 1024; value >= 1023.95 && unit + 1 < units.size(); value /= 1024) {
        ++unit;
    }
    return fmt::format("{:.1f}{}", value, units[unit]);
}

std::string file_list(const files_listed& files, const file_list_style& style,
                      const file_list_root& place) {
    const bool full = style.full_paths && !place.far;
    const bool plain = style.no_format || full;
    std::string text;
    if (!plain) {
        const auto& directory = files.directory;
        text = place.far ? directory.substr(directory.rfind('/') + 1)
                         : contract_home(directory, place.home);
        text += ":\n";
    }
    const bool extended =
        (style.extended || style.human_readable) && files.details.size() == files.paths.size();
    const auto columns =
        extended ? detail_columns(files.details, style.human_readable) : std::vector<std::string>();
    for (std::size_t i = 0; i < files.paths.size(); ++i) {
        text += (plain ? "" : "  ") + (extended ? columns[i] : std::string()) +
                (full ? files.directory + "/" : std::string()) + files.paths[i];
        if (extended && !files.details[i].target.empty()) {
            text += " -> " + files.details[i].target;
        }
        text += "\n";
    }
    return text;
}

} // namespace outrider::cli
