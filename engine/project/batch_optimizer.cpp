#include "engine/project/batch_optimizer.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/search/flag_function.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/value_text.hpp"

#include <algorithm>
#include <array>

namespace outrider {
namespace {

namespace json = boost::json;

/// Optimizers that are built in, by the names that people give them; `skopt:` may stand before.
struct builtin_name {
    std::string_view name;
    std::string_view operation;
    batch_kind kind;
};
constexpr std::array<builtin_name, 8> builtin_names{{
    {"+", "+", batch_kind::grid},
    {"random", "skopt:random", batch_kind::random},
    {"gp", "skopt:gp", batch_kind::search},
    {"bayesian", "skopt:gp", batch_kind::search},
    {"gaussian", "skopt:gp", batch_kind::search},
    {"forest", "skopt:forest", batch_kind::search},
    {"gbrt", "skopt:gbrt", batch_kind::search},
    {"tpe", "tpe", batch_kind::search},
}};

/// An optimizer as an operation of the project has it.
struct optimizer_entry {
    std::string name;
    std::string algorithm;
    bool is_default = false;
    std::string program; ///< a command line that is asked for trials, or empty
    double answer_seconds = 300;
    std::vector<std::string> flags;
};

optimizer_entry entry_of(const std::string& name, const json::value& data) {
    optimizer_entry out{.name = name, .algorithm = name};
    const auto* settings = data.if_object();
    if (settings == nullptr) {
        return out;
    }
    for (const auto& member : *settings) {
        if (member.key() == "algorithm") {
            out.algorithm = text_of(*settings, "algorithm");
        } else if (member.key() == "default") {
            out.is_default = is_set(*settings, "default");
        } else if (member.key() == "program") {
            out.program = text_of(*settings, "program");
        } else if (member.key() == "answer-seconds" && member.value().is_number()) {
            out.answer_seconds = member.value().to_number<double>();
        } else {
            out.flags.push_back(std::string(member.key()) + "=" + encode_flag(member.value()));
        }
    }
    return out;
}

// A mapping without a name is called after its algorithm, or its program.
optimizer_entry unnamed_entry(const json::value& data) {
    const auto* settings = data.if_object();
    if (settings == nullptr) {
        return entry_of(encode_flag(data), data);
    }
    const std::string algorithm = text_of(*settings, "algorithm");
    return entry_of(algorithm.empty() ? text_of(*settings, "program") : algorithm, data);
}

// A path is no operation: it is a program. So is what an entry calls one.
std::string program_of(const optimizer_entry& entry) {
    const std::string& name = entry.algorithm;
    const bool is_path = name.starts_with("./") || name.starts_with("../") || name.starts_with('/');
    return entry.program.empty() && is_path ? name : entry.program;
}

result<std::vector<std::string>> program_words(const std::string& program) {
    auto words = shell_split(program);
    if (!words || words->empty()) {
        return failure(errc::bad_input, "optimizer program '" + program + "' is no command line");
    }
    if (words->front().ends_with(".py")) {
        words->insert(words->begin(), "python3");
    }
    return std::move(*words);
}

std::vector<optimizer_entry> optimizers_of(const operation_def& op) {
    std::vector<optimizer_entry> out;
    if (const auto* one = op.data.if_contains("optimizer"); one != nullptr && !one->is_null()) {
        out.push_back(unnamed_entry(*one));
    }
    const auto* several = op.data.if_contains("optimizers");
    if (several != nullptr && several->is_array()) {
        for (const auto& item : several->get_array()) {
            out.push_back(unnamed_entry(item));
        }
    } else if (several != nullptr && several->is_object()) {
        for (const auto& member : several->get_object()) {
            out.push_back(entry_of(member.key(), member.value()));
        }
    } else if (several != nullptr && several->is_string()) {
        out.push_back(unnamed_entry(*several));
    }
    return out;
}

result<optimizer_entry> default_entry(const operation_def& op) {
    const auto entries = optimizers_of(op);
    if (entries.empty()) {
        return optimizer_entry{.name = "gp", .algorithm = "gp"};
    }
    const auto found = std::ranges::find(entries, true, &optimizer_entry::is_default);
    if (found != entries.end()) {
        return *found;
    }
    if (entries.size() == 1) {
        return entries.front();
    }
    std::vector<std::string> names;
    for (const auto& entry : entries) {
        names.push_back(entry.name);
    }
    std::ranges::sort(names);
    std::string listed;
    for (const auto& name : names) {
        listed += (listed.empty() ? "" : ", ") + name;
    }
    return failure(errc::bad_input,
                   "no default optimizer defined for " + op.full_name() +
                       "\nSpecify one of the following with '--optimizer': " + listed);
}

optimizer_entry named_entry(const operation_def& op, const std::string& name) {
    const auto entries = optimizers_of(op);
    const auto found = std::ranges::find(entries, name, &optimizer_entry::name);
    return found != entries.end() ? *found : optimizer_entry{.name = name, .algorithm = name};
}

const builtin_name* find_builtin(std::string_view name) {
    const auto plain = name.starts_with("skopt:") ? name.substr(6) : name;
    const auto* const found = std::ranges::find(builtin_names, plain, &builtin_name::name);
    return found != builtin_names.end() ? found : nullptr;
}

// Its options are recorded as the flags of the batch, which the command has.
optimizer_choice recorded_choice(const recorded_optimizer& recorded, const run_command& command) {
    return {.kind = batch_kind::search,
            .operation = recorded.name,
            .program = recorded.program.words,
            .answer_seconds = static_cast<double>(recorded.program.answer_limit_ms) / 1000,
            .flags = command.optimizer_flags};
}

// What makes trials of these flags if nobody says so.
std::string optimizer_of_flags(const flag_values& flags, std::size_t trials) {
    bool lists = trials > 1;
    for (const auto& [name, value] : flags.all) {
        const auto* text = value.if_string();
        if (text != nullptr && !flags.literal.contains(name) && is_flag_function(*text)) {
            // Trials that are written down are not drawn.
            return trials > 1 ? "+" : "random";
        }
        lists = lists || value.is_array();
    }
    return lists ? "+" : "";
}

flag_def setting(const char* name, const char* description, json::value value) {
    return {.name = name, .description = description, .default_value = std::move(value)};
}

} // namespace

bool is_builtin_optimizer(std::string_view name) {
    return find_builtin(name) != nullptr;
}

result<std::optional<optimizer_choice>> choose_optimizer(const optimizer_sources& from) {
    const run_command& command = from.command;
    if (from.recorded != nullptr && command.optimizer == from.recorded->name) {
        return std::optional(recorded_choice(*from.recorded, command));
    }
    optimizer_entry entry;
    if (!command.optimizer.empty()) {
        entry = named_entry(from.op, command.optimizer);
    } else if (command.optimize) {
        auto found = default_entry(from.op);
        if (!found) {
            return found.error();
        }
        entry = std::move(*found);
    } else {
        entry.algorithm = optimizer_of_flags(from.flags, from.trials);
    }
    if (entry.algorithm.empty()) {
        return std::optional<optimizer_choice>();
    }
    optimizer_choice out{
        .kind = batch_kind::program, .operation = entry.algorithm, .flags = std::move(entry.flags)};
    if (const auto* found = find_builtin(entry.algorithm)) {
        out.kind = found->kind;
        out.operation = found->operation;
    }
    if (const std::string program = program_of(entry); !program.empty()) {
        auto words = program_words(program);
        if (!words) {
            return words.error();
        }
        out.kind = batch_kind::search;
        out.operation = entry.name.empty() ? entry.algorithm : entry.name;
        out.program = std::move(*words);
        out.answer_seconds = entry.answer_seconds;
    }
    out.flags.insert(out.flags.end(), command.optimizer_flags.begin(),
                     command.optimizer_flags.end());
    return std::optional(std::move(out));
}

std::optional<operation_def> optimizer_operation(const optimizer_choice& choice) {
    if (choice.kind == batch_kind::program) {
        return std::nullopt;
    }
    const std::string& name = choice.operation;
    const auto colon = name.find(':');
    operation_def out{.name = colon == name.npos ? name : name.substr(colon + 1),
                      .model = colon == name.npos ? "" : name.substr(0, colon)};
    const bool grid = choice.kind == batch_kind::grid;
    std::string module = "guild.batch_main";
    if (!grid) {
        module = "guild.plugins." + std::string(choice.kind == batch_kind::random ? "" : "skopt_") +
                 out.name + "_main";
    }
    out.exec = {"${guild_python_exe}", "-um", module};
    out.sourcecode.disabled = true;
    if (choice.kind != batch_kind::search) {
        out.data["delete-on-success"] = true;
        return out;
    }
    if (!choice.program.empty()) {
        out.exec = choice.program;
        for (const auto& flag : choice.flags) { // whatever it takes
            out.flags.push_back({.name = flag.substr(0, flag.find('='))});
        }
        return out;
    }
    out.flags = {
        setting("prev-trials", "Trials to learn from: sourcecode, batch or operation",
                "sourcecode"),
        setting("random-starts", "Trials that are drawn at random before it learns",
                name == "tpe" ? 10 : 3), // as Guild has it for its own
    };
    out.flags[0].choices = {{.value = "sourcecode"}, {.value = "batch"}, {.value = "operation"}};
    out.flags[1].type = "int";
    out.flags[1].min = 0;
    if (name != "tpe") {
        // Settings of Guild's models, so that commands which have them go on to work.
        out.flags.push_back(setting("kappa", "Not used by this sampler", 1.96));
        out.flags.push_back(setting("xi", "Not used by this sampler", 0.05));
    }
    if (name == "skopt:gp") {
        out.flags.push_back(setting("acq-func", "Not used by this sampler", "gp_hedge"));
        for (const char* known : {"gp_hedge", "LCB", "EI", "PI", "EIps", "PIps"}) {
            out.flags.back().choices.push_back({.value = known});
        }
        out.flags.push_back(setting("noise", "Not used by this sampler", "gaussian"));
    }
    return out;
}

std::string objective_of(const operation_def& op, const run_command& command) {
    if (!command.minimize.empty()) {
        return command.minimize;
    }
    if (!command.maximize.empty()) {
        return "-" + command.maximize;
    }
    const auto* objective = op.data.if_contains("objective");
    if (objective != nullptr && objective->is_object()) {
        const auto& either = objective->get_object();
        if (const std::string name = text_of(either, "minimize"); !name.empty()) {
            return name;
        }
        if (const std::string name = text_of(either, "maximize"); !name.empty()) {
            return "-" + name;
        }
    }
    const std::string name = text_of(op.data, "objective");
    return name.empty() ? "loss" : name;
}

} // namespace outrider
