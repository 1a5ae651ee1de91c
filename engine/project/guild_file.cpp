#include "engine/project/guild_file.hpp"

#include "engine/project/digest.hpp"
#include "engine/project/operation_reader.hpp"
#include "engine/text/extends.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/value_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <filesystem>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::size_t most_guild_file_bytes = std::size_t{4} << 20;

// A plain mapping is the operations of a model without a name, unless it is an item of the full
// form that stands alone.
json::array items_of(const json::value& data) {
    if (data.is_array()) {
        return data.get_array();
    }
    const auto* object = data.if_object();
    if (object == nullptr || object->empty()) {
        return {};
    }
    for (const char* key : {"model", "package", "config"}) {
        const auto* name = object->if_contains(key);
        if (name != nullptr && name->is_string() && object->size() > 1) {
            return {data};
        }
    }
    return {json::object{{"model", ""}, {"operations", data}}};
}

/// Reads the items of one file into a `guild_file`.
class file_reader {
  public:
    explicit file_reader(guild_file& out) : out_(out) {}

    result<> read(const json::value& data) {
        const json::array items = items_of(data);
        // Models and configurations may extend what stands further down.
        for (const auto& item : items) {
            if (auto sorted = sort_item(item); !sorted) {
                return sorted;
            }
        }
        auto resolved = resolve_extends({{"models", models_}, {"config", configs_}}, out_.path);
        if (!resolved) {
            return resolved.error();
        }
        models_ = resolved->at("models").get_object();
        for (const auto& model : models_) {
            if (auto read = read_model(std::string(model.key()), model.value().get_object());
                !read) {
                return read;
            }
        }
        choose_default_model();
        return {};
    }

  private:
    static std::string requirements_of(const json::object& package) {
        const auto* listed = package.if_contains("python-requires");
        if (listed == nullptr || !listed->is_array()) {
            return text_of(package, "python-requires");
        }
        std::string out;
        for (const auto& each : listed->get_array()) {
            if (each.is_string()) {
                out += (out.empty() ? "" : ", ") + std::string(each.get_string());
            }
        }
        return out;
    }

    result<> sort_item(const json::value& item) {
        const auto* object = item.if_object();
        if (object == nullptr) {
            return failure(errc::bad_input, out_.path + ": expected 'model:', 'package:', "
                                                        "'config:' or 'operations:' items");
        }
        if (object->contains("package")) {
            out_.package = text_of(*object, "package");
            if (auto version = text_of(*object, "version"); !version.empty()) {
                out_.package_version = version;
            }
            out_.python_requires = requirements_of(*object);
            return {};
        }
        if (object->contains("config")) {
            configs_.insert_or_assign(text_of(*object, "config"), *object);
            return {};
        }
        if (object->contains("model") || object->contains("operations")) {
            const std::string name = text_of(*object, "model");
            if (models_.contains(name)) {
                return failure(errc::bad_input,
                               out_.path + ": model '" + name + "' is there twice");
            }
            models_.emplace(name, *object);
            return {};
        }
        if (object->contains("test")) {
            return {};
        }
        for (const char* key : {"include", "import"}) {
            if (object->contains(key)) {
                return failure(errc::unsupported,
                               out_.path + ": '" + key + "' is not supported yet");
            }
        }
        return failure(errc::bad_input, out_.path + ": an item is neither 'model:', 'package:', "
                                                    "'config:' nor 'operations:'");
    }

    result<> read_model(const std::string& name, const json::object& model) {
        static const json::object none;
        const auto* operations = model.if_contains("operations");
        if (operations == nullptr || operations->is_null()) {
            return {};
        }
        if (!operations->is_object()) {
            return failure(errc::bad_input, out_.path + ": operations must be a mapping of names");
        }
        const auto& all = operations->get_object();
        for (const auto& member : all) {
            if (member.key().starts_with('$')) {
                continue; // a directive of Guild's, not an operation
            }
            auto read = read_operation(
                std::string(member.key()), member.value(),
                {.model = name, .model_data = model, .operations = all, .configs = configs_});
            if (!read) {
                return failure(read.error().code, out_.path + ": " + read.error().context);
            }
            out_.operations.push_back(std::move(*read));
        }
        return {};
    }

    void choose_default_model() {
        for (const auto& model : models_) {
            if (models_.size() == 1 || is_set(model.value().get_object(), "default")) {
                out_.default_model = model.key();
                return;
            }
        }
    }

    guild_file& out_;
    json::object models_;
    json::object configs_;
};

} // namespace

result<std::optional<guild_file>> load_guild_file(const std::string& directory) {
    guild_file out;
    out.directory = directory;
    out.path = directory + "/guild.yml";
    std::error_code ec;
    if (!std::filesystem::exists(out.path, ec)) {
        return std::optional<guild_file>();
    }
    auto text = read_text_file(out.path, most_guild_file_bytes);
    if (!text) {
        return text.error();
    }
    out.digest = hex_digest(digest_kind::md5, *text);
    auto data = read_yaml(*text, out.path);
    if (!data) {
        return data.error();
    }
    if (!data->is_null() && !data->is_object() && !data->is_array()) {
        return failure(errc::bad_input,
                       out.path + ":1:1: expected operations, or a list of models");
    }
    if (auto read = file_reader(out).read(*data); !read) {
        return read.error();
    }
    return std::optional(std::move(out));
}

result<const operation_def*> find_operation(const guild_file& file, const std::string& name) {
    const auto colon = name.rfind(':');
    const bool with_model = colon != std::string::npos;
    const std::string model = with_model ? name.substr(0, colon) : file.default_model;
    const std::string op = with_model ? name.substr(colon + 1) : name;
    const operation_def* only_elsewhere = nullptr;
    for (const auto& candidate : file.operations) {
        const bool fits = op.empty() ? candidate.is_default : candidate.name == op;
        if (fits && candidate.model == model) {
            return &candidate;
        }
        if (fits && !with_model && only_elsewhere == nullptr) {
            only_elsewhere = &candidate;
        }
    }
    if (only_elsewhere != nullptr) {
        return only_elsewhere;
    }
    // Guild's words: a part of the name before ':' names a model.
    const std::string what = op.empty() ? "a default operation" : "operation '" + op + "'";
    const std::string where = model.empty() ? "this project" : "model '" + model + "'";
    return failure(errc::not_found, what + " is not defined for " + where +
                                        "\nTry '{program} operations" +
                                        (model.empty() ? "" : " " + model) +
                                        "' for a list of available operations.");
}

} // namespace outrider
