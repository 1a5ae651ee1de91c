#include "cli/render/file_list.hpp"

#include "cli/render/paths.hpp"

namespace outrider::cli {

std::string file_list(const files_listed& files, const file_list_style& style,
                      const file_list_place& place) {
    const bool full = style.full_paths && !place.far;
    const bool plain = style.no_format || full;
    std::string text;
    if (!plain) {
        const auto& directory = files.directory;
        text = place.far ? directory.substr(directory.rfind('/') + 1)
                         : contract_home(directory, place.home);
        text += ":\n";
    }
    for (const auto& path : files.paths) {
        text += (plain ? "" : "  ") + (full ? files.directory + "/" : std::string()) + path + "\n";
    }
    return text;
}

} // namespace outrider::cli
