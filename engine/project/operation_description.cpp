#include "engine/project/operation_description.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/text/natural_order.hpp"
#include "engine/text/value_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cctype>

namespace outrider {
namespace {

namespace json = boost::json;

// What stands for no value.
std::string null_label(const flag_def& flag) {
    const auto* label = flag.written.if_contains("null-label");
    return label != nullptr && !label->is_null() ? format_flag(*label) : "";
}

std::string in_lower_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

operation_flag describe_flag(const flag_def& flag) {
    operation_flag out{.name = flag.name,
                       .description = flag.description,
                       .default_value = flag.default_value.is_null()
                                            ? null_label(flag)
                                            : format_flag(flag.default_value),
                       .required = flag.required,
                       .type = flag.type};
    for (const auto& choice : flag.choices) {
        out.choices.push_back(choice.alias.empty() ? format_flag(choice.value) : choice.alias);
        out.choice_descriptions.push_back(choice.description);
    }
    return out;
}

constexpr const char* source_keys[] = {"file", "url", "config", "module", "operation"};

// The name of a requirement, or what it is: `file:data.csv`.
std::string requirement_name(const json::value& wanted) {
    if (wanted.is_string()) {
        return std::string(wanted.get_string());
    }
    const auto* object = wanted.if_object();
    if (object == nullptr) {
        return {};
    }
    for (const char* key : {"name", "resource"}) {
        if (auto name = text_of(*object, key); !name.empty()) {
            return name;
        }
    }
    for (const char* key : source_keys) {
        if (auto source = text_of(*object, key); !source.empty()) {
            return std::string(key) + ":" + source;
        }
    }
    const auto* sources = object->if_contains("sources");
    if (sources != nullptr && sources->is_array() && !sources->get_array().empty()) {
        return requirement_name(sources->get_array().front());
    }
    return {};
}

} // namespace

operation_described describe(const operation_def& op) {
    operation_described out{
        .name = op.full_name(), .description = op.description, .is_default = op.is_default};
    if (op.refused) {
        out.refused = op.refused->context;
    }
    for (const auto& flag : op.flags) {
        out.flags.push_back(describe_flag(flag));
    }
    std::ranges::sort(out.flags, natural_less, &operation_flag::name);
    if (op.requires_.is_null()) {
        return out;
    }
    for (const auto& wanted :
         op.requires_.is_array() ? op.requires_.get_array() : json::array{op.requires_}) {
        // The file that flags are put into is theirs: nobody supplies it.
        if (auto name = requirement_name(wanted); !name.empty() && name != op.flags_dest) {
            out.dependencies.push_back(std::move(name));
        }
    }
    return out;
}

model_described describe(const model_def& model) {
    model_described out{.name = model.name,
                        .description = model.description,
                        .is_default = model.is_default,
                        .references = model.references};
    for (const auto& resource : model.resources) {
        const auto* settings = resource.value().if_object();
        out.resources.push_back(
            {.name = std::string(resource.key()),
             .description = settings != nullptr ? text_of(*settings, "description") : ""});
    }
    return out;
}

bool is_hidden(const std::string& name) {
    return name.starts_with('_');
}

bool matches_words(const std::vector<std::string>& texts, const std::vector<std::string>& words) {
    return std::ranges::all_of(words, [&](const auto& word) {
        return std::ranges::any_of(texts, [part = in_lower_case(word)](const auto& text) {
            return in_lower_case(text).find(part) != std::string::npos;
        });
    });
}

} // namespace outrider
