#include "engine/project/config_file.hpp"

#include "engine/project/digest.hpp"
#include "engine/project/resource_cache.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/yaml_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <fstream>
#include <string_view>

namespace outrider {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t most_config_file_bytes = std::size_t{4}
                                               << 20; // of a config, as of other YAML

json::value* value_at(json::value& config, std::string_view name) {
    auto* object = config.if_object();
    if (object == nullptr) {
        return nullptr;
    }
    if (auto* found = object->if_contains(name)) {
        return found;
    }
    for (auto dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
        auto* found = object->if_contains(name.substr(0, dot));
        auto* below = found == nullptr ? nullptr : value_at(*found, name.substr(dot + 1));
        if (below != nullptr) {
            return below;
        }
    }
    return nullptr;
}

result<json::value> read_json(const fs::path& file) {
    const auto text = read_text_file(file, most_config_file_bytes);
    if (!text) {
        return text.error();
    }
    boost::system::error_code error;
    auto value = json::parse(*text, error);
    if (error) {
        return failure(errc::bad_input, file.filename().native() + ": " + error.message());
    }
    return value;
}

} // namespace

result<json::object> read_config(const fs::path& file) {
    auto config = file.extension() == ".json" ? read_json(file) : load_yaml(file, file.filename());
    if (!config) {
        return config.error();
    }
    if (!config->is_object()) {
        return failure(errc::bad_input, "'" + file.native() + "' is no mapping of names");
    }
    return std::move(config->get_object());
}

void put_flags(json::value& config, const flag_map& flags) {
    for (const auto& [name, flag] : flags) {
        auto* place = flag.is_null() ? nullptr : value_at(config, name);
        if (place != nullptr) {
            *place = flag;
        }
    }
}

result<fs::path> config_file(const fs::path& file, const flag_map& flags,
                             const std::string& cache) {
    const auto type = file.extension();
    const bool is_json = type == ".json";
    if (!is_json && type != ".yml" && type != ".yaml") {
        return failure(errc::unsupported, "unsupported file type for '" + file.native() +
                                              "': a config is a .yml, .yaml or .json file");
    }
    auto config = is_json ? read_json(file) : load_yaml(file, file.filename());
    if (!config) {
        return config.error();
    }
    put_flags(*config, flags);
    const std::string text = is_json ? json::serialize(*config) : yaml_text(*config);
    // The name belongs to the key: equal texts of two files are two files.
    const std::string name = file.filename();
    const auto key = hex_digest(digest_kind::sha256, name + '\0' + text);
    const auto directory =
        filled_once(cache, "configs/" + key, [&](const fs::path& into) -> result<> {
            std::ofstream out(into / name, std::ios::binary);
            if (!(out << text << std::flush)) {
                return failure(errc::io_failed, "cannot write " + (into / name).native());
            }
            return {};
        });
    return directory ? result<fs::path>(*directory / name) : directory.error();
}

} // namespace outrider
