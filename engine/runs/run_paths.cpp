#include "engine/runs/run_paths.hpp"

#include <unistd.h>

namespace outrider {

fs::path run_paths::temporary(std::string_view name) const {
    return ours() / (std::string(name) + ".tmp" + std::to_string(::getpid()));
}

bool is_safe_name(std::string_view name) {
    return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

fs::path resolve_home(const std::string& home, const std::string& user_home) {
    if (home.empty()) {
        return fs::path(user_home) / ".guild";
    }
    if (home == "~") {
        return user_home;
    }
    if (home.starts_with("~/")) {
        return (fs::path(user_home) / home.substr(2)).lexically_normal();
    }
    return (fs::path(user_home) / home).lexically_normal(); // an absolute path stays as it is
}

result<run_paths> run_in_home(const fs::path& home, const std::string& run_id) {
    if (!is_safe_name(run_id)) {
        return failure(errc::bad_input, "'" + run_id + "' is not a run id");
    }
    return run_paths{home / "runs" / run_id};
}

} // namespace outrider
