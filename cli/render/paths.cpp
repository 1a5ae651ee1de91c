#include "cli/render/paths.hpp"

#include "cli/render/text_table.hpp"

#include <algorithm>
#include <filesystem>

namespace outrider::cli {

std::string contract_home(const std::string& path, const std::string& home) {
    if (home.empty() || home == "/" || !path.starts_with(home)) {
        return path;
    }
    const std::string rest = path.substr(home.size());
    return rest.empty() || rest.starts_with('/') ? "~" + rest : path;
}

std::string shorten_path(const std::string& path, std::size_t most) {
    if (text_width(path) <= most) {
        return path;
    }
    const auto first_end = path.find('/', 1);
    if (first_end == std::string::npos) {
        return path;
    }
    const std::string head = path.substr(0, first_end + 1) + "…";
    std::string tail;
    for (auto cut = path.rfind('/'); cut != std::string::npos && cut > first_end;
         cut = path.rfind('/', cut - 1)) {
        const std::string longer = path.substr(cut);
        if (!tail.empty() && text_width(head + longer) > most) {
            break;
        }
        tail = longer;
    }
    return tail.empty() ? path : head + tail;
}

std::string project_place(const std::string& directory, const std::string& here,
                          const std::string& home) {
    constexpr std::size_t most = 28;
    const auto whole = contract_home(directory, home);
    if (here.empty()) {
        return shorten_path(whole, most);
    }
    const auto relative = std::filesystem::path(directory).lexically_relative(here).string();
    // From further up than the parent directory nobody recognises a relative path.
    const bool near = !relative.empty() && !relative.starts_with("../..");
    return shorten_path(near && text_width(relative) < text_width(whole) ? relative : whole, most);
}

} // namespace outrider::cli
