#include "engine/config/far_path.hpp"

#include <string_view>

namespace outrider {

result<std::string> read_far_path(const std::string& text) {
    std::string path = text;
    for (const std::string_view home : {"$HOME", "${HOME}"}) {
        const bool ends =
            path.size() == home.size() || path.substr(0, home.size() + 1).ends_with('/');
        if (path.starts_with(home) && ends) {
            path.replace(0, home.size(), "~");
            break;
        }
    }
    if (path.find('$') != std::string::npos) {
        return failure(errc::bad_input,
                       "'" + text +
                           "' is a path of the other machine, whose variables are not "
                           "known here: only ~ and $HOME at its beginning are expanded");
    }
    if (path.starts_with('~') && path != "~" && !path.starts_with("~/")) {
        return failure(errc::bad_input, "'" + text +
                                            "' names the home directory of another user: "
                                            "write the path in full");
    }
    return path;
}

} // namespace outrider
