#include "engine/flags/trial_recipe.hpp"

#include "engine/flags/run_label.hpp"
#include "engine/json/described_json.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

std::string trial_label(const trial_recipe& recipe, const flag_map& flags) {
    if (recipe.label) {
        return label_from(*recipe.label, flags, recipe.directory);
    }
    std::string out;
    for (auto tag = recipe.tags.begin(); tag != recipe.tags.end(); ++tag) {
        if (std::find(recipe.tags.begin(), tag, *tag) == tag) {
            out += *tag + " ";
        }
    }
    out += recipe.usual_label.empty() ? default_label(flags, recipe.directory)
                                      : label_from(recipe.usual_label, flags, recipe.directory);
    if (out.ends_with(' ')) {
        out.pop_back();
    }
    return out;
}

} // namespace

result<trial_run> make_trial(const trial_recipe& recipe, const flag_map& flags,
                             const std::map<std::string, std::string>& common,
                             flag_decoder decode) {
    auto command = fill_command(recipe.command, flags, decode);
    if (!command) {
        return command.error();
    }
    trial_run out;
    for (const auto& [name, value] : flags) {
        if (!value.is_null()) {
            const std::string shown = name + "=" + format_flag(value);
            out.shown += (out.shown.empty() ? "" : ", ") + shown;
            out.flags.push_back(shown);
        }
    }
    out.attributes["flags"] = yaml_text(protocol::to_json(flags));
    out.attributes["user_flags"] = yaml_text(json::object());
    json::array words;
    for (const auto& word : command->words) {
        words.emplace_back(json::string(word));
    }
    out.attributes["cmd"] = yaml_text(words);
    if (const std::string label = trial_label(recipe, flags); !label.empty()) {
        out.attributes["label"] = yaml_text(json::string(label));
    }
    for (auto& [name, value] : command->environment) {
        const auto found = common.find(name);
        if (found == common.end() || found->second != value) {
            out.environment[name] = std::move(value);
        }
    }
    out.command = std::move(command->words);
    if (!recipe.program.empty()) {
        out.command.front() = recipe.program;
    }
    return out;
}

} // namespace outrider
