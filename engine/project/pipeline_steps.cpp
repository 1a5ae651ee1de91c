#include "engine/project/pipeline_steps.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/search/flag_function.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/references.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/value_text.hpp"
#include "engine/text/yaml_text.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

namespace outrider {
namespace {

namespace json = boost::json;

/// What a step says before it is a command.
struct step_words {
    std::string operation;
    std::vector<std::string> files; ///< `@PATH`
    flag_map flags;
    /// Options by the name that they are typed with; a switch has one empty value.
    std::map<std::string, std::vector<std::string>> options;
    std::vector<std::string> notes;
};

struct step_option {
    const char* name; ///< as it is typed, less the dashes; as a key of the mapping, too
    const char* key;  ///< another key of the mapping, or empty
    const char* letter;
    bool value = true;
};

constexpr step_option step_options[] = {
    {"batch-label", "", ""},
    {"batch-tag", "batch-tags", ""},
    {"fail-on-trial-error", "", "", false},
    {"force-flags", "", "f", false},
    {"force-sourcecode", "", "", false},
    {"gpus", "", ""},
    {"label", "", "l"},
    {"max-trials", "", "m"},
    {"maximize", "", "X"},
    {"minimize", "", "N"},
    {"needed", "", "", false},
    {"no-gpus", "", "", false},
    {"opt-flag", "opt-flags", "Fo"},
    {"optimize", "", "O", false},
    {"optimizer", "", "o"},
    {"random-seed", "", ""},
    {"remote", "", "r"},
    {"stage-trials", "", "", false},
    {"stop-after", "", ""},
    {"tag", "tags", "t"},
};

/// Options of `run` that mean nothing in a step, less the dashes, and whether they have a value.
constexpr std::pair<std::string_view, bool> ignored_options[] = {
    {"background", false}, {"comment", true},       {"force-deps", false}, {"keep-batch", false},
    {"keep-run", false},   {"no-wait", false},      {"pidfile", true},     {"print-cmd", false},
    {"print-env", false},  {"proto", true},         {"quiet", false},      {"restart", true},
    {"run-dir", true},     {"run-id", true},        {"save-trials", true}, {"stage", false},
    {"start", true},       {"print-trials", false},
};

failure bad_spec(const std::string& text, const std::string& why) {
    return {errc::bad_input, "invalid run spec '" + text + "': " + why};
}

const step_option* option_named(const std::string& word) {
    for (const auto& option : step_options) {
        if (word == "--" + std::string(option.name) ||
            (*option.letter != 0 && word == "-" + std::string(option.letter))) {
            return &option;
        }
    }
    return nullptr;
}

result<step_words> read_text(const std::string& text) {
    const auto words = shell_split(text);
    if (!words || words->empty()) {
        return bad_spec(text, words ? "it is empty" : words.error().context);
    }
    step_words out;
    for (auto at = words->begin(); at != words->end(); ++at) {
        std::string word = *at;
        std::optional<std::string> value;
        if (word.starts_with("--") && word.find('=') != word.npos) {
            value = word.substr(word.find('=') + 1);
            word.resize(word.find('='));
        }
        if (word == "-y" || word == "--yes") {
            continue;
        }
        if (word.starts_with('-')) {
            const auto* option = option_named(word);
            const auto* ignored = std::ranges::find(
                ignored_options,
                std::string_view(word).substr(std::min<std::size_t>(word.size(), 2)),
                &std::pair<std::string_view, bool>::first);
            if (option == nullptr && ignored != std::end(ignored_options)) {
                std::string parameter(ignored->first);
                std::ranges::replace(parameter, '-', '_');
                out.notes.push_back("WARNING: [guild] run parameter " + parameter + " used in " +
                                    python_string(text) + " ignored");
                at += ignored->second && !value && at + 1 != words->end() ? 1 : 0;
                continue;
            }
            if (option == nullptr) {
                return bad_spec(text, "no such option: " + word);
            }
            if (option->value && !value) {
                if (++at == words->end()) {
                    return bad_spec(text, word + " option requires an argument");
                }
                value = *at;
            }
            out.options[option->name].push_back(value.value_or(""));
        } else if (word.starts_with('@')) {
            out.files.push_back(word);
        } else if (const auto equals = word.find('='); equals != word.npos) {
            out.flags[word.substr(0, equals)] = decode_flag(word.substr(equals + 1));
        } else if (out.operation.empty()) {
            out.operation = word;
        } else {
            return bad_spec(text, "unexpected argument '" + word + "'");
        }
    }
    if (out.operation.empty()) {
        return bad_spec(text, "it names no operation");
    }
    return out;
}

std::vector<std::string> option_values(const json::value& value) {
    std::vector<std::string> out;
    const auto* list = value.if_array();
    for (const auto& item : list != nullptr ? *list : json::array{value}) {
        out.push_back(item.is_string() ? std::string(item.get_string()) : encode_flag(item));
    }
    return out;
}

// A key that says something takes the place of what the text says.
void read_keys(const json::object& step, step_words& out) {
    for (const auto& option : step_options) {
        for (const char* key : {option.name, option.key}) {
            const auto* value = *key != 0 ? step.if_contains(key) : nullptr;
            if (value == nullptr || value->is_null() || *value == json::value(false)) {
                continue;
            }
            out.options[option.name] =
                option.value ? option_values(*value) : std::vector<std::string>{""};
        }
    }
    const auto* flags = step.if_contains("flags");
    if (flags == nullptr || !flags->is_object() || flags->get_object().empty()) {
        return;
    }
    out.flags.clear();
    for (const auto& flag : flags->get_object()) {
        const auto* described = flag.value().if_object();
        const auto* value = described != nullptr ? described->if_contains("default") : nullptr;
        out.flags[std::string(flag.key())] = value != nullptr ? *value : flag.value();
    }
}

/// Puts the flags of the pipeline in the place of `${NAME}`.
class step_references {
  public:
    explicit step_references(const flag_map& flags) : flags_(flags) {}

    json::value value(const json::value& from) const {
        const auto* text = from.if_string();
        if (text == nullptr) {
            return from;
        }
        if (const auto name = whole_reference(std::string(*text))) {
            const auto found = flags_.find(*name);
            return found != flags_.end() ? found->second : from;
        }
        return json::string(this->text(std::string(*text)));
    }
    // `\${NAME}` means the characters.
    std::string text(std::string from) const {
        std::string out;
        for (std::size_t at = 0; at <= from.size();) {
            const auto literal = from.find("\\${", at);
            const auto part = from.substr(at, literal == from.npos ? from.npos : literal - at);
            out +=
                resolve_references(part, [this](const std::string& name) { return lookup(name); });
            if (literal == from.npos) {
                break;
            }
            out += "${";
            at = literal + 3;
        }
        return out;
    }

  private:
    std::optional<std::string> lookup(const std::string& name) const {
        const auto found = flags_.find(name);
        if (found == flags_.end()) {
            return std::nullopt;
        }
        const auto* text = found->second.if_string();
        return text != nullptr ? std::string(*text) : yaml_flow(found->second);
    }
    const flag_map& flags_;
};

void resolve_step(const step_references& references, step_words& step) {
    for (auto& [name, values] : step.options) {
        for (auto& value : values) {
            value = references.text(value);
        }
    }
    for (auto flag = step.flags.begin(); flag != step.flags.end();) {
        flag->second = references.value(flag->second);
        flag = flag->second.is_null() ? step.flags.erase(flag) : std::next(flag);
    }
}

// `OP:FLAG`, `MODEL:OP:FLAG` or `NAME:FLAG` of the pipeline is this step's FLAG.
void take_scoped(const flag_map& pipeline, const std::string& name, step_words& step) {
    for (const auto& [scoped, value] : pipeline) {
        const auto colon = scoped.rfind(':');
        if (colon == scoped.npos) {
            continue;
        }
        const std::string scope = scoped.substr(0, colon);
        if ((scope == step.operation || scope == name) && !value.is_null()) {
            step.flags[scoped.substr(colon + 1)] = value;
        }
    }
}

template <class Number>
std::optional<Number> parsed_option(const std::string& text) {
    Number out{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(out)
                                                                    : std::nullopt;
}

run_command command_of(const step_words& step) {
    run_command out{.operation = step.operation, .flags = step.files};
    for (const auto& [name, value] : step.flags) {
        // A function would be plain text in the quotation marks that it is encoded with.
        const auto* words = value.if_string();
        const bool drawn = words != nullptr && is_flag_function(*words);
        out.flags.push_back(name + "=" + (drawn ? std::string(*words) : encode_flag(value)));
    }
    const auto text = [&](const char* name) {
        const auto found = step.options.find(name);
        return found == step.options.end() || found->second.empty() ? std::string()
                                                                    : found->second.back();
    };
    const auto all = [&](const char* name) {
        const auto found = step.options.find(name);
        return found == step.options.end() ? std::vector<std::string>() : found->second;
    };
    const auto has = [&](const char* name) { return step.options.contains(name); };
    if (has("label")) {
        out.label = text("label");
    }
    if (has("batch-label")) {
        out.batch_label = text("batch-label");
    }
    out.tags = all("tag");
    out.batch_tags = all("batch-tag");
    out.optimizer_flags = all("opt-flag");
    out.gpus = text("gpus");
    out.no_gpus = has("no-gpus");
    out.needed = has("needed");
    out.optimize = has("optimize");
    out.force_flags = has("force-flags");
    out.fail_on_trial_error = has("fail-on-trial-error");
    out.force_sourcecode = has("force-sourcecode");
    out.stage_trials = has("stage-trials");
    out.optimizer = text("optimizer");
    out.minimize = text("minimize");
    out.maximize = text("maximize");
    out.max_trials = parsed_option<std::int64_t>(text("max-trials"));
    out.random_seed = parsed_option<std::int64_t>(text("random-seed"));
    out.stop_after_minutes = parsed_option<double>(text("stop-after"));
    out.keep_batch = true;
    return out;
}

std::string shown_arguments(const step_words& step) {
    std::string out;
    for (const auto& [name, values] : step.options) {
        for (const auto& value : values) {
            out += " --" + name + (value.empty() ? "" : " " + value);
        }
    }
    for (const auto& file : step.files) {
        out += " " + file;
    }
    for (const auto& [name, value] : step.flags) {
        out += " " + name + "=" + format_flag(value);
    }
    return out;
}

result<step_words> words_of_step(const json::value& step, std::string& name) {
    if (const auto* text = step.if_string()) {
        auto out = read_text(std::string(*text));
        if (out) {
            name = out->operation;
        }
        return out;
    }
    const auto* mapping = step.if_object();
    if (mapping == nullptr) {
        return failure(errc::bad_input, "invalid step data: " + yaml_flow(step));
    }
    const std::string run = text_of(*mapping, "run");
    if (run.empty()) {
        return failure(errc::bad_input, "invalid step " + yaml_flow(step) + ": must define run");
    }
    auto out = read_text(run);
    if (out) {
        read_keys(*mapping, *out);
        name = text_of(*mapping, "name");
        name = name.empty() ? out->operation : name;
    }
    return out;
}

bool is_isolated(const json::value& step) {
    const auto* mapping = step.if_object();
    const auto* said = mapping != nullptr ? mapping->if_contains("isolate-runs") : nullptr;
    return said == nullptr || *said != json::value(false);
}

// One check, or a list of them.
std::vector<protocol::step_check> checks_of(const json::value& step) {
    const auto* mapping = step.if_object();
    const auto* said = mapping != nullptr ? mapping->if_contains("expect") : nullptr;
    std::vector<protocol::step_check> out;
    if (said == nullptr || said->is_null()) {
        return out;
    }
    for (const auto& item : said->is_array() ? said->get_array() : json::array{*said}) {
        if (const auto* check = item.if_object()) {
            out.push_back({.output = text_of(*check, "output"),
                           .file = text_of(*check, "file"),
                           .contains = text_of(*check, "contains"),
                           .compare_to = text_of(*check, "compare-to")});
        }
    }
    return out;
}

// What the pipeline was started with goes to the steps that do not say it themselves.
void pass_on(const pipeline_values& from, step_words& step) {
    const auto pass = [&step](const char* name, std::vector<std::string> values) {
        step.options.try_emplace(name, std::move(values));
    };
    if (!from.passed_label.empty()) {
        pass("label", {from.passed_label});
    }
    if (!from.typed.tags.empty()) {
        pass("tag", from.typed.tags);
    }
    if (from.typed.stage_trials) {
        pass("stage-trials", {""});
    }
    if (from.typed.force_sourcecode) {
        pass("force-sourcecode", {""});
    }
    if (from.again && from.typed.needed) {
        pass("needed", {""});
    }
}

// A name can be that of one link.
std::string unique_name(std::string name, std::set<std::string>& taken) {
    std::ranges::replace(name, '/', '_');
    std::string out = name;
    for (int number = 2; !taken.insert(out).second; ++number) {
        out = name + "_" + std::to_string(number);
    }
    return out;
}

} // namespace

bool is_pipeline(const operation_def& op) {
    const auto* steps = op.data.if_contains("steps");
    return steps != nullptr && steps->is_array() && op.main.empty() && !op.exec.empty() &&
           op.exec.front() == "${agent}";
}

result<std::vector<pipeline_step>> read_steps(const operation_def& pipeline,
                                              const pipeline_values& from) {
    std::vector<pipeline_step> out;
    std::set<std::string> taken;
    const step_references references(from.flags);
    for (const auto& written : pipeline.data.at("steps").get_array()) {
        pipeline_step step;
        auto words = words_of_step(written, step.name);
        if (!words) {
            return words.error();
        }
        resolve_step(references, *words);
        take_scoped(from.flags, step.name, *words);
        pass_on(from, *words);
        step.said_name = step.name;
        step.arguments = shown_arguments(*words);
        step.name = unique_name(step.name, taken);
        step.isolated = is_isolated(written);
        step.checks = checks_of(written);
        step.notes = std::move(words->notes);
        step.command = command_of(*words);
        step.command.remote = from.typed.remote;
        step.operation = words->operation;
        if (const auto there = words->options.find("remote"); there != words->options.end()) {
            step.remote = there->second.back();
        }
        if (!pipeline.model.empty() && words->operation.find(':') == std::string::npos) {
            step.command.operation = pipeline.model + ":" + words->operation;
        }
        out.push_back(std::move(step));
    }
    return out;
}

} // namespace outrider
