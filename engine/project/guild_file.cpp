#include "engine/project/guild_file.hpp"

#include "engine/project/guild_items.hpp"
#include "engine/project/model_inheritance.hpp"
#include "engine/project/model_params.hpp"
#include "engine/project/operation_reader.hpp"
#include "engine/project/project_failure.hpp"
#include "engine/project/section_includes.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/value_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <filesystem>

namespace outrider {
namespace {

namespace json = boost::json;

const json::object& object_or_none(const json::object& data, const char* key) {
    static const json::object none;
    const auto* found = data.if_contains(key);
    return found != nullptr && found->is_object() ? found->get_object() : none;
}

// One text or a list of texts.
std::vector<std::string> texts_of(const json::object& data, const char* key) {
    std::vector<std::string> out;
    const auto* found = data.if_contains(key);
    if (found == nullptr || found->is_null()) {
        return out;
    }
    for (const auto& item : found->is_array() ? found->get_array() : json::array{*found}) {
        if (item.is_string()) {
            out.emplace_back(item.get_string());
        }
    }
    return out;
}

/// Makes a `guild_file` of the items of one.
class project_reader {
  public:
    project_reader(guild_file& out, guild_items& items) : out_(out), items_(items) {}

    result<> read() {
        read_package();
        if (auto written = write_in_full(items_); !written) {
            return written;
        }
        auto models = inherit(items_);
        if (!models) {
            return models.error();
        }
        for (auto& model : *models) {
            auto& data = model.value().get_object();
            fill_in_params(data);
            if (auto read_it = read_model(std::string(model.key()), data); !read_it) {
                return read_it;
            }
        }
        choose_default_model();
        return {};
    }

  private:
    void read_package() {
        const json::object& package = items_.package;
        out_.digest = items_.digest;
        out_.package = text_of(package, "package");
        if (auto version = text_of(package, "version"); !version.empty()) {
            out_.package_version = version;
        }
        for (const auto& each : texts_of(package, "python-requires")) {
            out_.python_requires += (out_.python_requires.empty() ? "" : ",") + each;
        }
        out_.package_requires = texts_of(package, "requires");
    }

    result<> read_model(const std::string& name, json::object& data) {
        auto resources =
            with_includes(object_or_none(data, "resources"), "resources", name, items_);
        if (!resources) {
            return resources.error();
        }
        for (const auto& resource : *resources) {
            if (!resource.value().is_object() && !resource.value().is_array()) {
                return project_failure("invalid resource value " + python_repr(resource.value()) +
                                       ": expected a mapping or a list");
            }
        }
        data["resources"] = *resources;
        out_.models.push_back({.name = name,
                               .description = text_of(data, "description"),
                               .is_default = is_set(data, "default"),
                               .references = texts_of(data, "references"),
                               .resources = std::move(*resources)});
        auto operations =
            with_includes(object_or_none(data, "operations"), "operations", name, items_);
        if (!operations) {
            return operations.error();
        }
        for (auto& member : *operations) {
            if (!member.value().is_object()) {
                return project_failure("invalid value for operation " +
                                       python_string(member.key()) +
                                       ": expected a string or a mapping");
            }
            auto& operation = member.value().get_object();
            for (const auto& usual : object_or_none(data, "operation-defaults")) {
                operation.emplace(usual.key(), usual.value()); // unless it has its own
            }
            auto flags = with_includes(object_or_none(operation, "flags"), "flags", name, items_);
            if (!flags) {
                return flags.error();
            }
            operation["flags"] = std::move(*flags);
            auto read_it = read_operation(std::string(member.key()), operation,
                                          {.model = name, .model_data = data});
            if (!read_it) {
                return read_it.error();
            }
            out_.operations.push_back(std::move(*read_it));
        }
        return {};
    }

    void choose_default_model() {
        for (const auto& model : out_.models) {
            if (out_.models.size() == 1 || model.is_default) {
                out_.default_model = model.name;
                return;
            }
        }
    }

    guild_file& out_;
    guild_items& items_;
};

} // namespace

const flag_def* operation_def::find_flag(const std::string& flag) const {
    const auto found = std::ranges::find(flags, flag, &flag_def::name);
    return found == flags.end() ? nullptr : &*found;
}

std::string operation_def::full_name() const {
    return model.empty() ? name : model + ":" + name;
}

const model_def* guild_file::find_model(const std::string& model) const {
    const auto found = std::ranges::find(models, model, &model_def::name);
    return found == models.end() ? nullptr : &*found;
}

result<std::optional<guild_file>> load_guild_file(const std::string& directory) {
    guild_file out;
    out.directory = directory;
    out.path = directory + "/guild.yml";
    std::error_code ec;
    if (!std::filesystem::exists(out.path, ec)) {
        return std::optional<guild_file>();
    }
    auto items = read_guild_items(out.path);
    if (!items) {
        return items.error();
    }
    if (auto read = project_reader(out, *items).read(); !read) {
        return failure(read.error().code, "error in " + out.path + ": " + read.error().context);
    }
    return std::optional(std::move(out));
}

} // namespace outrider
