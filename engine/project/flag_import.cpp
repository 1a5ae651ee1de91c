#include "engine/project/flag_import.hpp"

#include "engine/project/config_file.hpp"
#include "engine/project/flag_reader.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/operation_reader.hpp"
#include "engine/project/output_scalars.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/value_text.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include <filesystem>
#include <iterator>
#include <optional>

namespace outrider {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

// Without a word about imports the module completes what is declared, and nothing else.
bool wants(const operation_def& op, const std::string& name) {
    const flags_import& imports = op.imports;
    if (contains(imports.skip, name)) {
        return false;
    }
    const bool declared = op.find_flag(name) != nullptr;
    // An option that a declared flag is passed as belongs to that flag.
    const bool taken =
        !declared && std::ranges::find(op.flags, name, &flag_def::arg_name) != op.flags.end();
    return (imports.all && !taken) || contains(imports.names, name) || (!imports.said && declared);
}

// The file of `a/b.c`: module b.c below directory a; of a package its `__main__`.
std::optional<std::string> file_of_module(const std::string& base, const std::string& module) {
    const auto slash = module.rfind('/') + 1; // 0: no slash
    std::string name = module.substr(slash);
    std::ranges::replace(name, '.', '/');
    const std::string path =
        (fs::path(base) / module.substr(0, slash) / name).lexically_normal().native();
    for (const char* end : {".py", "/__main__.py"}) {
        std::error_code ec;
        if (fs::is_regular_file(path + end, ec)) {
            return path + end;
        }
    }
    return std::nullopt;
}

// The module and its own arguments; empty where `main` is no command line.
std::vector<std::string> main_words(const operation_def& op) {
    auto words = shell_split(op.main);
    return words ? std::move(*words) : std::vector<std::string>{};
}

std::optional<std::string> find_module(const operation_def& op, const std::string& module,
                                       const std::string& directory) {
    const std::string root = (fs::path(directory) / op.sourcecode.root).string();
    auto found = file_of_module(root, module);
    return found || op.sourcecode.root.empty() ? found : file_of_module(directory, module);
}

constexpr std::size_t most_scanned_bytes = std::size_t{1} << 20;

// What is declared goes on top: a description alone keeps the module's default and choices.
void take_declared(const flag_def& declared, const json::object& written, flag_def& into) {
    flag_def out = declared;
    const auto said = [&](const char* key) { return written.contains(key); };
    if (!said("default")) {
        out.default_value = into.default_value;
    }
    if (!said("description")) {
        out.description = into.description;
    }
    if (!said("type")) {
        out.type = into.type;
    }
    if (!said("required")) {
        out.required = into.required;
    }
    if (!said("choices")) {
        out.choices = into.choices;
    }
    if (!said("arg-name")) {
        out.arg_name = into.arg_name;
    }
    if (!said("arg-switch")) {
        out.arg_switch = into.arg_switch;
    }
    if (!said("arg-split")) {
        out.arg_split = into.arg_split;
    }
    if (!said("arg-name") && !said("arg-switch")) {
        out.arg_switch_off = into.arg_switch_off;
    }
    out.arg_skip = out.arg_skip || (!said("arg-skip") && into.arg_skip);
    out.arg_skip_value = into.arg_skip_value;
    out.arg_encoding = said("arg-encoding") ? out.arg_encoding : into.arg_encoding;
    into = std::move(out);
}

// The words of the module's own may name a subcommand.
module_reading reading_of(const module_reading& how, const std::vector<std::string>& words) {
    module_reading out = how;
    out.words.assign(words.begin() + 1, words.end());
    return out;
}

// What a list names is a flag even if reading does not find it: code may add it.
void name_imports(operation_def& op) {
    for (const auto& name : op.imports.names) {
        if (op.find_flag(name) == nullptr && !contains(op.imports.skip, name)) {
            op.flags.push_back({.name = name});
        }
    }
}

json::object flag_of_value(const json::value& value) {
    if (const auto* list = value.if_array()) {
        return {{"default", json::string(argument_text(*list))}, {"arg-split", true}};
    }
    json::object out{{"default", value}};
    if (!value.is_null()) {
        out["type"] = value.is_bool() ? "boolean" : value.is_string() ? "string" : "number";
    }
    return out;
}

bool is_scalar(const json::value& value) {
    return !value.is_structured() || big_integer_digits(value).has_value();
}

// The values of a file as flags; those of its sections by names with dots.
void add_values(const json::object& config, const std::string& prefix, json::object& into) {
    for (const auto& member : config) {
        const std::string name = prefix + std::string(member.key());
        const json::value& value = member.value();
        const auto* list = value.if_array();
        if (is_scalar(value) || (list != nullptr && std::ranges::all_of(*list, is_scalar))) {
            into[name] = flag_of_value(value);
        } else if (const auto* section = value.if_object()) {
            add_values(*section, name + ".", into);
        }
    }
}

std::vector<std::string> import_config_flags(operation_def& op, const std::string& directory) {
    const std::string name = op.flags_dest.substr(std::string_view("config:").size());
    const std::string path = (fs::path(directory) / name).lexically_normal();
    json::object wanted{
        {"config", json::string(name)}, {"replace-existing", true}, {"always-resolve", true}};
    if (const auto parent = fs::path(name).parent_path().native(); !parent.empty()) {
        wanted["target-path"] = json::string(parent);
    }
    json::array all{json::value(std::move(wanted))};
    if (const auto* list = op.requires_.if_array()) {
        all.insert(all.end(), list->begin(), list->end());
    } else if (!op.requires_.is_null()) {
        all.push_back(op.requires_);
    }
    op.requires_ = std::move(all);
    auto config = read_config(path);
    if (!config) {
        return {"cannot import flags from " + name + ": " + config.error().context};
    }
    json::object found;
    add_values(*config, "", found);
    if (auto merged = merge_flags(op, found); !merged) {
        return {"cannot import flags from " + name + ": " + merged.error().context};
    }
    name_imports(op);
    return {};
}

// The default is compared with it after its type has changed it.
void type_skip_value(flag_def& flag) {
    if (!flag.arg_skip_value) {
        return;
    }
    json::value& value = *flag.arg_skip_value;
    if (flag.type == "string" && !value.is_string()) {
        value = json::string(argument_text(value));
    } else if (const auto number = number_of(value); number && flag.type == "boolean") {
        value = *number != 0;
    }
}

} // namespace

result<> merge_flags(operation_def& op, const json::object& found) {
    for (const auto& member : found) {
        const std::string name = member.key();
        if (!wants(op, name)) {
            continue;
        }
        auto flag = read_flag(name, member.value());
        if (!flag) {
            return flag.error();
        }
        type_skip_value(*flag);
        if (is_set(op.data, "default-flag-arg-skip")) {
            flag->arg_skip = true;
        }
        const auto declared = std::ranges::find(op.flags, name, &flag_def::name);
        if (declared == op.flags.end()) {
            op.flags.push_back(std::move(*flag));
            continue;
        }
        take_declared(*declared, declared->written, *flag);
        *declared = std::move(*flag);
    }
    // A switch and its opposite say so of each other; one of them may not be there.
    for (const auto& member : found) {
        const auto flag = std::ranges::find(op.flags, std::string(member.key()), &flag_def::name);
        if (flag == op.flags.end() || flag->written.contains("choices") == false) {
            continue;
        }
        for (auto& choice : flag->choices) {
            json::object known;
            for (const auto& other : choice.flags) {
                if (op.find_flag(other.key()) != nullptr) {
                    known.emplace(other.key(), other.value());
                }
            }
            choice.flags = std::move(known);
        }
    }
    return {};
}

std::vector<std::string> import_flags(operation_def& op, const std::string& directory,
                                      const module_reading& how) {
    if (op.flags_dest.starts_with("config:")) {
        return import_config_flags(op, directory);
    }
    const bool imports = op.imports.all || !op.imports.names.empty();
    // Nothing said: the module completes the flags that there are, and tells where flags go.
    const bool looks = imports || !op.imports.said;
    if (op.main.empty() || !op.exec.empty() || !looks) {
        return {};
    }
    const auto words = main_words(op);
    if (words.empty()) {
        return {}; // said where the command is made
    }
    const std::string& module = words.front();
    const auto warning = [&](const std::string& from, const std::string& why) {
        // Where nothing is imported the operation itself says what is wrong with its module.
        return imports ? std::vector<std::string>{"cannot import flags from " + from + ": " + why}
                       : std::vector<std::string>{};
    };
    if (!check_module(module)) {
        return {}; // the operation says so when it is run
    }
    const auto file = find_module(op, module, directory);
    if (!file) {
        return warning(module, "No module named " + module);
    }
    auto read = read_module_flags(*file, op.flags_dest, reading_of(how, words));
    if (!read) {
        return warning(*file, read.error().context);
    }
    if (op.flags_dest.empty()) {
        op.flags_dest = read->dest;
    }
    op.options_by_dash = read->options_by_dash;
    if (auto merged = merge_flags(op, read->flags); !merged) {
        return warning(*file, merged.error().context);
    }
    name_imports(op);
    return {};
}

std::vector<std::string> other_import_problems(const guild_file& file, const operation_def& chosen,
                                               const module_reading& how) {
    std::vector<std::string> out;
    std::vector<std::string> seen{chosen.main};
    for (const auto& op : file.operations) {
        const bool imports = op.imports.all || !op.imports.names.empty();
        if (!imports || contains(seen, op.main) || op.flags_dest.starts_with("config:")) {
            continue;
        }
        seen.push_back(op.main);
        operation_def other = op;
        std::ranges::move(import_flags(other, file.directory, how), std::back_inserter(out));
    }
    return out;
}

void learn_output_style(operation_def& op, const std::string& directory) {
    const auto words = op.exec.empty() && op.output_scalars.is_null() ? main_words(op)
                                                                      : std::vector<std::string>{};
    const auto file = words.empty() ? std::nullopt : find_module(op, words.front(), directory);
    if (!file) {
        return;
    }
    if (const auto source = read_text_file(*file, most_scanned_bytes)) {
        op.prints_by_keras = trains_by_keras(*source);
    }
}

void learn_option_style(operation_def& op, const std::string& directory,
                        const module_reading& how) {
    auto words = op.exec.empty() ? main_words(op) : std::vector<std::string>{};
    if (const auto runner = std::ranges::find(op.exec, "guild.op_main"); runner != op.exec.end()) {
        words.assign(runner + 1, op.exec.end()); // of a run that starts again
    }
    const bool arguments = op.flags_dest.empty() || op.flags_dest.starts_with("args");
    if (op.options_by_dash || words.empty() || !arguments) {
        return;
    }
    if (const auto file = find_module(op, words.front(), directory)) {
        const auto read = read_module_flags(*file, op.flags_dest, reading_of(how, words));
        op.options_by_dash = read && read->options_by_dash;
    }
}

} // namespace outrider
