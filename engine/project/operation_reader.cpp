#include "engine/project/operation_reader.hpp"

#include "engine/project/flag_reader.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/project_failure.hpp"
#include "engine/project/sourcecode_reader.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/value_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

/// Ways to a module's flags that have a name or a file behind them.
constexpr std::string_view named_dests[] = {"args:", "global:", "dict:", "namespace:", "config:"};

/// The operation's own word counts before its model's.
const json::value* own_or_models(const json::object& data, const json::object& model,
                                 const char* key) {
    const auto* own = data.if_contains(key);
    own = own != nullptr ? own : model.if_contains(key);
    return own != nullptr && !own->is_null() ? own : nullptr;
}

// A text, or a list of texts.
result<std::vector<std::string>> texts_in(const json::value* value, const char* key) {
    std::vector<std::string> out;
    if (value == nullptr || value->is_null()) {
        return out;
    }
    for (const auto& each : value->is_array() ? value->get_array() : json::array{*value}) {
        if (each.is_null() || each.is_array() || each.is_object()) {
            return failure(errc::bad_input,
                           std::string(key) + " must be a text or a list of texts");
        }
        out.push_back(python_str(each));
    }
    return out;
}

result<json::object> mapping_in(const json::object& data, const char* key) {
    const auto* value = data.if_contains(key);
    if (value == nullptr || value->is_null()) {
        return json::object();
    }
    if (!value->is_object()) {
        return failure(errc::bad_input, std::string(key) + " must be a mapping of names");
    }
    return value->get_object();
}

// None, whatever there is, or what every Python operation has.
bool is_usual_plugins(const json::value& plugins) {
    const auto usual = [](const json::value& word) {
        return word.is_bool() || word == "no" || word == "off" || word == "yes" || word == "all" ||
               word == "python_script";
    };
    return plugins.is_array() ? std::ranges::all_of(plugins.get_array(), usual) : usual(plugins);
}

// Nothing, in one of the ways to write it.
bool is_empty(const json::value& value) {
    const auto* text = value.if_string();
    const auto* object = value.if_object();
    return value.is_null() || (text != nullptr && text->empty()) ||
           (object != nullptr && object->empty());
}

/// Reads the parts of one operation. Each part fails alone: the first that does decides why the
/// operation is refused, and the others are read all the same, for lists and help.
class parts_reader {
  public:
    parts_reader(operation_def& out, const json::object& data, const json::object& model)
        : out_(out), data_(data), model_(model) {}

    result<> read() {
        for (const auto part :
             {&parts_reader::check_forms, &parts_reader::read_command, &parts_reader::read_imports,
              &parts_reader::read_flags, &parts_reader::read_code, &parts_reader::read_settings,
              &parts_reader::check_words}) {
            if (auto done = (this->*part)(); !done) {
                if (done.error().kind() == errc::bad_project) {
                    return done;
                }
                if (!out_.refused) {
                    out_.refused = done.error();
                }
            }
        }
        return {};
    }

  private:
    [[nodiscard]] const json::value* given(const char* key) const {
        const auto* value = data_.if_contains(key);
        return value != nullptr && !value->is_null() ? value : nullptr;
    }

    // What Guild looks at while it loads the file, whether or not the operation is run.
    result<> check_forms() {
        if (const auto* steps = given("steps"); steps != nullptr && !steps->is_array()) {
            return project_failure("invalid steps data " + python_repr(*steps) +
                                   ": expected a list");
        }
        if (given("optimizer") != nullptr && given("optimizers") != nullptr) {
            return project_failure("conflicting optimizer configuration in operation " +
                                   python_string(out_.name) +
                                   " - cannot define both 'optimizer' and 'optimizers'");
        }
        if (const auto* required = given("requires"); required != nullptr && !is_empty(*required)) {
            for (const auto& item :
                 required->is_array() ? required->get_array() : json::array{*required}) {
                if (auto good = check_requirement(item); !good) {
                    return good;
                }
            }
        }
        for (const char* key : {"output-scalars", "output-attrs"}) {
            const auto* value = given(key);
            const bool fits = value == nullptr || value->is_object() || value->is_array() ||
                              value->is_string() || *value == json::value(false);
            if (!fits) {
                return project_failure("invalid " + std::string(key) + " " + python_repr(*value) +
                                       ": expected a mapping, list, string, or false");
            }
        }
        return {};
    }

    [[nodiscard]] result<> check_requirement(const json::value& item) const {
        if (item.is_string()) {
            return {};
        }
        const auto* source = item.if_object();
        if (source == nullptr) {
            return project_failure("invalid requires value " + python_repr(item) +
                                   ": expected a string or mapping");
        }
        constexpr const char* kinds[] = {"config",    "file",    "module",   "url",
                                         "operation", "sources", "resource", "dvcfile"};
        if (std::ranges::none_of(kinds, [&](const char* key) { return source->contains(key); })) {
            return project_failure("invalid source " + python_repr(item) + " in resource '" +
                                   out_.model +
                                   ":<inline>': missing required attribute (one of config, file, "
                                   "module, url, operation)");
        }
        return {};
    }

    result<> read_command() {
        const auto* exec = given("exec");
        if (exec != nullptr && exec->is_array()) {
            for (const auto& word : exec->get_array()) {
                out_.exec.push_back(python_str(word));
            }
        } else if (exec != nullptr && !text_of(data_, "exec").empty()) {
            auto words = shell_split(text_of(data_, "exec"));
            if (!words || words->empty()) {
                return failure(errc::bad_input,
                               "exec is no command line: " + text_of(data_, "exec") +
                                   (words ? "" : " (" + words.error().context + ")"));
            }
            out_.exec = std::move(*words);
        }
        out_.main = text_of(data_, "main");
        if (!out_.exec.empty() || !out_.main.empty()) {
            return out_.exec.empty()
                       ? check_module(out_.main.substr(0, out_.main.find_first_of(" \t\n")))
                       : result<>();
        }
        if (given("steps") != nullptr) {
            out_.exec = {"${agent}", "children"};
            return {};
        }
        for (const char* key : {"notebook", "dvc-stage"}) {
            if (is_set(data_, key)) {
                return failure(errc::unsupported, "'" + std::string(key) + "' is not there yet");
            }
        }
        if (given("main") != nullptr) {
            return failure(errc::bad_input, "main must be the name of a module");
        }
        // An operation that says nothing runs the module of its name.
        std::string module =
            out_.name.substr(0, out_.name.size() - (out_.name.ends_with(".py") ? 3 : 0));
        std::ranges::replace(module, '-', '_');
        out_.main = shell_quote(module);
        return {};
    }

    result<> read_imports() {
        if (const auto* what = own_or_models(data_, model_, "flags-import")) {
            out_.imports.said = true;
            const std::string word = what->is_string() ? std::string(what->get_string()) : "";
            if (what->is_bool() || word == "all" || word == "yes" || word == "no" ||
                word == "off") {
                out_.imports.all =
                    what->is_bool() ? what->get_bool() : word == "all" || word == "yes";
            } else if (what->is_array()) {
                auto names = texts_in(what, "flags-import");
                if (!names) {
                    return names.error();
                }
                out_.imports.names = std::move(*names);
            } else {
                return project_failure("invalid flags-import value " + python_repr(*what) +
                                       ": expected yes/all, no, or a list of flag names");
            }
        }
        auto skipped =
            texts_in(own_or_models(data_, model_, "flags-import-skip"), "flags-import-skip");
        if (!skipped) {
            return skipped.error();
        }
        out_.imports.skip = std::move(*skipped);
        return {};
    }

    result<> read_flags() {
        const bool skips = is_set(data_, "default-flag-arg-skip");
        const auto* flags = given("flags");
        result<> out;
        for (const auto& member : flags != nullptr ? flags->get_object() : json::object()) {
            // What `operation-defaults` brings is as it was written.
            json::object settings = member.value().is_object()
                                        ? member.value().get_object()
                                        : json::object{{"default", member.value()}};
            if (const auto* value = settings.if_contains("default");
                value != nullptr && value->is_null()) {
                settings.stable_erase(settings.find("default")); // the module may know one
            }
            auto flag = read_flag(std::string(member.key()), settings);
            if (flag) {
                if (skips && !flag->written.contains("arg-skip")) {
                    flag->arg_skip = true;
                }
                out_.flags.push_back(std::move(*flag));
                continue;
            }
            if (flag.error().kind() == errc::bad_project) {
                return flag.error();
            }
            out_.flags.push_back({.name = std::string(member.key())});
            out = out ? result<>(flag.error()) : out;
        }
        return out;
    }

    result<> read_code() {
        for (const auto* source : {&model_, &data_}) {
            if (const auto* code = source->if_contains("sourcecode")) {
                if (auto read_it = read_sourcecode(*code, out_.sourcecode); !read_it) {
                    return read_it;
                }
            }
        }
        return {};
    }

    result<> read_settings() {
        auto env = mapping_in(data_, "env");
        auto attributes = mapping_in(data_, "run-attrs");
        if (!env || !attributes) {
            return env ? attributes.error() : env.error();
        }
        out_.env = std::move(*env);
        out_.run_attrs = std::move(*attributes);
        auto tags = texts_in(given("tags"), "tags");
        auto secrets = texts_in(given("env-secrets"), "env-secrets");
        if (!tags || !secrets) {
            return tags ? secrets.error() : tags.error();
        }
        out_.tags = std::move(*tags);
        out_.env_secrets = std::move(*secrets);
        out_.label = text_of(data_, "label");
        auto wanted = texts_in(own_or_models(data_, model_, "python-requires"), "python-requires");
        if (!wanted) {
            return wanted.error();
        }
        for (const auto& each : *wanted) {
            out_.python_requires += (out_.python_requires.empty() ? "" : ",") + each;
        }
        return {};
    }

    // Keys that take one of several words: one that means nothing here is not ignored silently.
    result<> check_words() {
        if (const auto* plugins = own_or_models(data_, model_, "plugins");
            plugins != nullptr && !is_usual_plugins(*plugins)) {
            out_.remarks.push_back("plugins are not there yet: " + encode_flag(*plugins) +
                                   " adds nothing to the run");
        }
        const std::string& dest = out_.flags_dest;
        const bool known = dest.empty() || dest == "args" || dest == "globals" || dest == "none" ||
                           std::ranges::any_of(named_dests, [&](std::string_view kind) {
                               return dest.starts_with(kind) && dest.size() > kind.size();
                           });
        if (!known && !out_.main.empty()) {
            return failure(errc::unsupported,
                           "'flags-dest: " + dest + "' is not there: its flags would not arrive");
        }
        return {};
    }

    operation_def& out_;
    const json::object& data_;
    const json::object& model_;
};

json::value member_or_null(const json::object& data, const char* key) {
    const auto* value = data.if_contains(key);
    return value != nullptr ? *value : json::value();
}

} // namespace

result<> check_module(const std::string& module) {
    if (module.starts_with("guild.") && module != "guild.pass") {
        return failure(errc::unsupported, "'main: " + module + "' is not there yet");
    }
    if (module.ends_with(".R")) {
        return failure(errc::unsupported,
                       "a script in R cannot be 'main' yet: use 'exec: Rscript " + module +
                           " ${flag_args}'");
    }
    if (module.ends_with(".ipynb")) {
        return failure(errc::unsupported, "a notebook cannot be 'main' yet");
    }
    return {};
}

result<operation_def> read_operation(const std::string& name, const json::object& data,
                                     const operation_surroundings& around) {
    operation_def out{.name = name, .model = around.model};
    out.description = text_of(data, "description");
    out.is_default = is_set(data, "default");
    out.flags_dest = text_of(data, "flags-dest");
    out.requires_ = member_or_null(data, "requires");
    if (is_empty(out.requires_)) {
        out.requires_ = nullptr;
    }
    out.output_scalars = member_or_null(data, "output-scalars");
    out.output_attrs = member_or_null(data, "output-attrs");
    if (const auto* resources = around.model_data.if_contains("resources")) {
        out.resources = resources->get_object();
    }
    out.data = data;
    if (auto read = parts_reader(out, data, around.model_data).read(); !read) {
        return read.error();
    }
    if (out.refused) {
        out.refused->context =
            "operation '" + out.full_name() + "' cannot be run: " + out.refused->context;
    }
    return out;
}

} // namespace outrider
