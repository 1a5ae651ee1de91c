#include "engine/project/guild_items.hpp"

#include "engine/project/digest.hpp"
#include "engine/project/project_failure.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/yaml_scalar.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t most_guild_file_bytes = std::size_t{4} << 20;
constexpr std::size_t most_guild_files = 100;

/// The words that say what an item is, in the order of Guild's messages.
constexpr const char* item_types[] = {"config", "include", "model", "package"};

// A mapping is the operations of a model without a name, unless it is the one model of the file,
// written without the list around it.
result<json::array> items_of(const json::value& data) {
    if (data.is_null()) {
        return json::array();
    }
    if (data.is_array()) {
        return data.get_array();
    }
    const auto* object = data.if_object();
    if (object == nullptr) {
        return project_failure("invalid guildfile data " + python_repr(data) +
                               ": expected a mapping");
    }
    const auto* model = object->if_contains("model");
    const auto* operations = object->if_contains("operations");
    if (model != nullptr && model->is_string() && operations != nullptr &&
        operations->is_object()) {
        return json::array{data};
    }
    return json::array{json::object{{"model", ""}, {"operations", data}}};
}

// The one word that says what an item is.
result<std::string> type_of(const json::value& item) {
    const auto* object = item.if_object();
    if (object == nullptr) {
        return project_failure("invalid item " + python_repr(item) + ": expected a mapping");
    }
    std::string types;
    std::string last;
    for (const char* type : item_types) {
        if (object->contains(type)) {
            types += (types.empty() ? "" : ", ") + std::string(type);
            last = type;
        }
    }
    if (types.find(',') != std::string::npos) {
        return project_failure("multiple types (" + types + ") in " + python_repr(item));
    }
    if (!last.empty() || object->contains("test")) { // tests of older files mean nothing here
        return last;
    }
    if (object->contains("operations")) {
        return std::string("model");
    }
    return project_failure("missing required type (one of: config, include, model, package) in " +
                           python_repr(item));
}

// Names of operations are text, and a date is no value of a flag.
result<> check_oddities(const yaml_oddities& odd, bool only_operations) {
    for (const auto& path : odd.keys) {
        const bool of_operation =
            only_operations ? path.size() == 1 : path.size() == 2 && path.front() == "operations";
        if (of_operation) {
            return project_failure("invalid operation name " +
                                   python_repr(value_of_plain(path.back())) +
                                   ": expected a string");
        }
    }
    for (const auto& path : odd.dates) {
        if (path.size() >= 2 && path[path.size() - 2] == "flags") {
            return project_failure("invalid value for " + path.back() +
                                   " flag (a date): expected a mapping of flag attributes or "
                                   "default flag value");
        }
    }
    return {};
}

/// Sorts the items of a file and of those that it includes.
class item_sorter {
  public:
    explicit item_sorter(guild_items& out) : out_(out) {}

    result<> read(const std::string& path) {
        open_.push_back(path);
        auto text = read_text_file(path, most_guild_file_bytes);
        if (!text) {
            return project_failure(text.error().context);
        }
        if (++files_ > most_guild_files) {
            return project_failure("more than 100 included files");
        }
        if (out_.digest.empty()) {
            out_.digest = hex_digest(digest_kind::md5, *text);
        }
        yaml_oddities odd;
        auto data = read_yaml(*text, fs::path(path).filename().string(), &odd);
        if (!data) {
            return project_failure(data.error().context);
        }
        if (auto even = check_oddities(odd, data->is_object()); !even) {
            return even;
        }
        const auto items = items_of(*data);
        if (!items) {
            return items.error();
        }
        for (const auto& item : *items) {
            if (auto sorted = sort(item, path); !sorted) {
                return sorted;
            }
        }
        open_.pop_back();
        return {};
    }

  private:
    result<> sort(const json::value& item, const std::string& path) {
        const auto type = type_of(item);
        if (!type) {
            return type.error();
        }
        if (type->empty()) {
            return {};
        }
        const auto& object = item.get_object();
        if (*type == "include") {
            return include(object.at("include"), path);
        }
        const auto* written = object.if_contains(*type);
        const json::value name = written != nullptr ? *written : json::value("");
        if (!name.is_string()) {
            return project_failure("invalid " + *type + " name " + python_repr(name) +
                                   ": expected a string");
        }
        if (*type == "package") {
            if (!out_.package.empty()) {
                return project_failure("multiple package definitions");
            }
            out_.package = object;
            return {};
        }
        auto& same_kind = *type == "model" ? out_.models : out_.configs;
        if (!same_kind.emplace(name.get_string(), object).second) {
            return project_failure("duplicate " + *type + " " + python_repr(name));
        }
        return {};
    }

    result<> include(const json::value& which, const std::string& from) {
        for (const auto& name : which.is_array() ? which.get_array() : json::array{which}) {
            if (!name.is_string()) {
                return project_failure("invalid include value " + python_repr(which) +
                                       ": expected a string or list of strings");
            }
            const std::string path = (fs::path(from).parent_path() / std::string(name.get_string()))
                                         .lexically_normal()
                                         .string();
            std::error_code ec;
            if (!fs::is_regular_file(path, ec)) {
                return project_failure("cannot find include " + python_repr(name) +
                                       " (includes must be local to including Guild file or a "
                                       "Guild package on the system path)");
            }
            if (std::ranges::find(open_, path) != open_.end()) {
                return project_failure("cycle in 'includes' (" + circle(path) + ")");
            }
            if (auto read_it = read(path); !read_it) {
                return read_it;
            }
        }
        return {};
    }

    [[nodiscard]] std::string circle(const std::string& path) const {
        std::string out;
        for (auto at = std::ranges::find(open_, path); at != open_.end(); ++at) {
            out += *at + " -> ";
        }
        return out + path;
    }

    guild_items& out_;
    std::vector<std::string> open_; // files on the way to the present one
    std::size_t files_ = 0;
};

} // namespace

result<guild_items> read_guild_items(const std::string& path) {
    guild_items out;
    auto read = item_sorter(out).read(path);
    if (!read) {
        return failure(read.error().code, "error in " + path + ": " + read.error().context);
    }
    return out;
}

} // namespace outrider
