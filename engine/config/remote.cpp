#include "engine/config/remote.hpp"

#include "engine/text/shell_words.hpp"

namespace outrider {
namespace {

// A quoted `~` would not be the home directory; `$HOME` in double quotes is.
std::string far_path(const std::string& path) {
    if (path == "~") {
        return "\"$HOME\"";
    }
    return path.starts_with("~/") ? "\"$HOME\"/" + shell_quote(path.substr(2)) : shell_quote(path);
}

// `conda` is a shell function that its own script defines; where that lies depends on how the
// environment was made.
std::string conda_activation(const std::string& env) {
    const std::string path = far_path(env);
    const std::string script = "/etc/profile.d/conda.sh";
    return "for outrider_conda in " + path + script + " " + path + "/../.." + script +
           " \"$HOME\"/*conda*" + script + " \"$HOME\"/miniforge*" + script + " /opt/*conda*" +
           script + "; do if [ -f \"$outrider_conda\" ]; then . \"$outrider_conda\"; break; fi; " +
           "done; conda activate " + path;
}

} // namespace

std::string remote::activation() const {
    if (!venv_activate.empty()) {
        return venv_activate;
    }
    if (!conda_env.empty()) {
        return conda_activation(conda_env);
    }
    // `.` and not `source`: the shell there may be any POSIX one.
    return venv_path.empty() ? "" : ". " + far_path(venv_path) + "/bin/activate";
}

} // namespace outrider
