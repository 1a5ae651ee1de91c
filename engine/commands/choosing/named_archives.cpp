#include "engine/commands/choosing/named_archives.hpp"

#include "engine/runs/small_file.hpp"
#include "engine/text/path_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

fs::path archives_of(const std::string& user_home) {
    return fs::path(user_home) / ".guild" / "archives";
}

std::string member(const json::object& data, const char* key) {
    const auto* value = data.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

} // namespace

std::vector<named_archive> named_archives(const std::string& user_home) {
    std::vector<named_archive> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(archives_of(user_home), error)) {
        const auto text = read_small_file(entry.path() / "archive.json");
        boost::system::error_code bad;
        const auto data = json::parse(text.value_or(""), bad);
        if (!bad && data.is_object()) {
            out.push_back({.name = member(data.get_object(), "label"),
                           .description = member(data.get_object(), "description"),
                           .directory = entry.path()});
        }
    }
    std::ranges::sort(out, {}, &named_archive::name);
    return out;
}

std::optional<named_archive> find_archive(const std::string& user_home, const std::string& name) {
    for (auto& one : named_archives(user_home)) {
        if (one.name == name) {
            return std::move(one);
        }
    }
    return std::nullopt;
}

result<named_archive> create_archive(const std::string& user_home, const std::string& name,
                                     const std::string& description) {
    std::string id = boost::uuids::to_string(boost::uuids::random_generator()());
    std::erase(id, '-');
    const fs::path place = archives_of(user_home) / id;
    if (auto made = make_directories(place); !made) {
        return made.error();
    }
    json::object data{{"label", name}};
    if (!description.empty()) {
        data["description"] = description;
    }
    if (auto written =
            replace_file(place / "archive.json", place / ".archive.json", json::serialize(data));
        !written) {
        return written.error();
    }
    return named_archive{.name = name, .description = description, .directory = place};
}

result<std::string> archive_place(const std::string& text, const std::string& directory,
                                  const std::string& user_home) {
    std::error_code error;
    const auto path = absolute_path(text, directory, user_home);
    if (fs::exists(path, error)) {
        return path;
    }
    if (const auto named = find_archive(user_home, text)) {
        return named->directory;
    }
    return failure(errc::not_found, "'" + text +
                                        "' is not a valid archive - use a path to a "
                                        "file/directory or specify an archive name returned by "
                                        "'{program} archive --list'.");
}

} // namespace outrider
