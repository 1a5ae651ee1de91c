#include "engine/project/project_requirements.hpp"

#include "engine/project/project_failure.hpp"
#include "engine/text/file_text.hpp"

#include <algorithm>
#include <filesystem>

namespace outrider {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_requirements_bytes = std::size_t{1} << 20;
constexpr std::size_t most_requirements_files = 20;

std::string stripped(std::string_view text) {
    constexpr std::string_view space = " \t\r\f\v";
    const auto first = text.find_first_not_of(space);
    return first == text.npos
               ? std::string()
               : std::string(text.substr(first, text.find_last_not_of(space) - first + 1));
}

// As pip has it: a backslash at the end joins lines, `#` at the start or after a space begins a
// comment (one within a URL is none).
std::vector<std::string> logical_lines(std::string_view text) {
    std::vector<std::string> out;
    std::string joined;
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3);
    }
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        for (std::size_t at = 0; (at = line.find('#', at)) != line.npos; ++at) {
            if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') {
                line = line.substr(0, at);
            }
        }
        if (line.ends_with('\\')) {
            joined += line.substr(0, line.size() - 1);
            continue;
        }
        joined += line;
        if (auto whole = stripped(joined); !whole.empty()) {
            out.push_back(std::move(whole));
        }
        joined.clear();
    }
    if (auto whole = stripped(joined); !whole.empty()) {
        out.push_back(std::move(whole));
    }
    return out;
}

/// An option with its value: `-r FILE`, `-rFILE`, `--requirement=FILE`.
struct requirement_option {
    std::string name; ///< the short one where it has one
    std::string value;
};

requirement_option option_of(const std::string& line) {
    static constexpr std::pair<const char*, const char*> short_names[] = {
        {"--requirement", "-r"}, {"--constraint", "-c"}, {"--editable", "-e"},
        {"--find-links", "-f"},  {"--index-url", "-i"},
    };
    if (!line.starts_with("--")) {
        return {.name = line.substr(0, 2),
                .value = stripped(line.substr(std::min<std::size_t>(2, line.size())))};
    }
    const auto end = std::min(line.find_first_of("= \t"), line.size());
    requirement_option out{.name = line.substr(0, end), .value = {}};
    out.value = stripped(line.substr(std::min(end + 1, line.size())));
    for (const auto& [long_name, short_name] : short_names) {
        out.name = out.name == long_name ? short_name : out.name;
    }
    return out;
}

bool is_url(const std::string& text) {
    const auto scheme = text.find("://");
    return scheme != text.npos && !text.starts_with("file:");
}

// A file or a directory of this machine, or `NAME @ file:…`.
bool names_local_file(const std::string& requirement) {
    const auto at = requirement.find(" @ ");
    const std::string place = at == requirement.npos ? requirement : requirement.substr(at + 3);
    if (is_url(place)) {
        return false;
    }
    const std::string first = place.substr(0, place.find_first_of(" ;["));
    return place.starts_with("file:") || first.find('/') != first.npos || first.starts_with('.') ||
           first.ends_with(".whl") || first.ends_with(".zip") || first.ends_with(".tar.gz");
}

/// Reads one requirements file and all that it includes.
class requirements_reader {
  public:
    explicit requirements_reader(project_requirements& out) : out_(out) {}

    result<> read(const fs::path& path, std::vector<std::string>& lines) {
        if (++files_ > most_requirements_files) {
            return project_failure("more than 20 requirements files");
        }
        auto text = read_text_file(path.native(), most_requirements_bytes);
        if (!text) {
            return project_failure("cannot read the requirements: " + text.error().context);
        }
        for (const auto& line : logical_lines(*text)) {
            if (auto taken = take(line, path, lines); !taken) {
                return taken;
            }
        }
        return {};
    }

  private:
    result<> take(const std::string& line, const fs::path& path, std::vector<std::string>& lines) {
        if (!line.starts_with('-')) {
            return add(line, line, lines);
        }
        const auto option = option_of(line);
        if (option.name == "-r" || option.name == "-c") {
            if (is_url(option.value)) { // read there
                lines.push_back(line);
                return {};
            }
            return read(path.parent_path() / option.value,
                        option.name == "-c" ? out_.constraints : lines);
        }
        if (option.name == "-e") {
            return add(option.value, line, lines);
        }
        const bool there =
            option.name != "-f" || is_url(option.value) || fs::path(option.value).is_absolute();
        if (!there) {
            leave_out(line);
            return {};
        }
        lines.push_back(line);
        return {};
    }

    result<> add(const std::string& requirement, const std::string& line,
                 std::vector<std::string>& lines) {
        if (names_local_file(requirement)) {
            leave_out(line);
        } else {
            lines.push_back(requirement);
        }
        return {};
    }

    void leave_out(const std::string& line) {
        out_.notes.push_back("'" + line +
                             "' of the requirements names files of this machine and is not "
                             "installed");
    }

    project_requirements& out_;
    std::size_t files_ = 0;
};

} // namespace

result<project_requirements> read_requirements_of(const guild_file* file,
                                                  const std::string& directory) {
    project_requirements out;
    if (file != nullptr && !file->package_requires.empty()) {
        out.lines = file->package_requires;
        return out;
    }
    const fs::path path = fs::path(directory) / "requirements.txt";
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        return out;
    }
    if (auto read = requirements_reader(out).read(path, out.lines); !read) {
        return read.error();
    }
    // Options alone install nothing.
    if (std::ranges::all_of(out.lines, [](const auto& line) {
            return line.starts_with('-') && !line.starts_with("-r") &&
                   !line.starts_with("--requirement");
        })) {
        out.lines.clear();
        out.constraints.clear();
    }
    return out;
}

} // namespace outrider
