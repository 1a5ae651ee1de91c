#include "engine/config/config_memory.hpp"

#include "engine/text/extends.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/yaml_value.hpp"

namespace outrider {
namespace {

namespace json = boost::json;
// Projects may have configurations of their own; of a service that saw more, it begins anew.
constexpr std::size_t most_files = 8;
constexpr std::size_t most_config_bytes = std::size_t{4} << 20;

result<json::object> sections_of(std::string_view text, const std::string& path) {
    auto data = read_yaml(text, path);
    if (!data) {
        return data.error();
    }
    if (data->is_null()) {
        return json::object();
    }
    if (!data->is_object()) {
        return failure(errc::bad_input, path + ": expected sections such as 'remotes:'");
    }
    return resolve_extends(std::move(data->get_object()), path);
}

} // namespace

result<json::object> config_memory::read(const std::string& path) {
    auto text = read_text_file(path, most_config_bytes);
    if (!text) {
        return text.error();
    }
    if (const auto found = files_.find(path);
        found != files_.end() && found->second.text == *text) {
        return found->second.sections;
    }
    auto sections = sections_of(*text, path);
    if (!sections) {
        return sections.error();
    }
    if (files_.size() >= most_files) {
        files_.clear();
    }
    files_[path] = {.text = std::move(*text), .sections = *sections};
    return sections;
}

} // namespace outrider
