#include "cli/render/paths.hpp"

#include "cli/render/text_table.hpp"
#include "engine/flags/flag_encoding.hpp"

#include <filesystem>

namespace outrider::cli {

std::string contract_home(const std::string& path, const std::string& home) {
    if (home.empty() || home == "/" || !path.starts_with(home)) {
        return path;
    }
    const std::string rest = path.substr(home.size());
    return rest.empty() || rest.starts_with('/') ? "~" + rest : path;
}

std::string project_place(const std::string& directory, const std::string& here,
                          const std::string& home) {
    constexpr std::size_t most = 28;
    const auto whole = contract_home(directory, home);
    if (here.empty()) {
        return shorten_path(whole, most);
    }
    auto relative = std::filesystem::path(directory).lexically_relative(here).string();
    relative += relative == ".." ? "/" : "";
    // From further up than the parent directory nobody recognises a relative path.
    const bool near = !relative.empty() && !relative.starts_with("../..");
    return shorten_path(near && text_width(relative) < text_width(whole) ? relative : whole, most);
}

} // namespace outrider::cli
