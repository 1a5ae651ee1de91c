#include "engine/project/flag_import.hpp"

#include "engine/project/flag_reader.hpp"
#include "engine/text/shell_words.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace outrider {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

bool wants(const flags_import& imports, const std::string& name) {
    return (imports.all || contains(imports.names, name)) && !contains(imports.skip, name);
}

// The file of `a/b.c`: module b.c below directory a; of a package its `__main__`.
std::optional<std::string> file_of_module(const std::string& base, const std::string& module) {
    const auto slash = module.rfind('/') + 1; // 0: no slash
    std::string name = module.substr(slash);
    std::ranges::replace(name, '.', '/');
    const std::string path = base + "/" + module.substr(0, slash) + name;
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
    into = std::move(out);
}

} // namespace

result<> merge_flags(operation_def& op, const json::object& found) {
    for (const auto& member : found) {
        const std::string name = member.key();
        if (!wants(op.imports, name)) {
            continue;
        }
        auto flag = read_flag(name, member.value());
        if (!flag) {
            return flag.error();
        }
        const auto declared = std::ranges::find(op.flags, name, &flag_def::name);
        if (declared == op.flags.end()) {
            op.flags.push_back(std::move(*flag));
            continue;
        }
        take_declared(*declared, declared->written, *flag);
        *declared = std::move(*flag);
    }
    return {};
}

std::vector<std::string> import_flags(operation_def& op, const std::string& directory,
                                      module_reading how) {
    const bool imports = op.imports.all || !op.imports.names.empty();
    const bool wants_dest = op.flags_dest.empty() && !op.flags.empty();
    if (op.main.empty() || !op.exec.empty() || (!imports && !wants_dest)) {
        return {};
    }
    how.words = main_words(op);
    if (how.words.empty()) {
        return {}; // said where the command is made
    }
    const std::string module = how.words.front();
    how.words.erase(how.words.begin());
    const auto warning = [&](const std::string& why) {
        // Where nothing is imported the operation itself says what is wrong with its module.
        return imports ? std::vector<std::string>{"cannot import flags from " + module + ": " + why}
                       : std::vector<std::string>{};
    };
    const auto file = find_module(op, module, directory);
    if (!file) {
        return warning("No module named " + module);
    }
    auto read = read_module_flags(*file, op.flags_dest, how);
    if (!read) {
        return warning(read.error().context);
    }
    if (op.flags_dest.empty()) {
        op.flags_dest = read->dest;
    }
    if (auto merged = merge_flags(op, read->flags); !merged) {
        return warning(merged.error().context);
    }
    // What a list names is a flag even if reading does not find it: code may add it.
    for (const auto& name : op.imports.names) {
        if (op.find_flag(name) == nullptr && !contains(op.imports.skip, name)) {
            op.flags.push_back({.name = name});
        }
    }
    return {};
}

} // namespace outrider
