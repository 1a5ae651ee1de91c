#include "engine/project/operation_description.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/text/natural_order.hpp"
#include "engine/text/value_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace outrider {
namespace {

namespace json = boost::json;

operation_flag describe_flag(const flag_def& flag) {
    operation_flag out{.name = flag.name,
                       .description = flag.description,
                       .default_value =
                           flag.default_value.is_null() ? "" : format_flag(flag.default_value),
                       .required = flag.required,
                       .type = flag.type};
    for (const auto& choice : flag.choices) {
        out.choices.push_back(choice.alias.empty() ? format_flag(choice.value) : choice.alias);
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

bool is_hidden(const operation_def& op) {
    return op.name.starts_with('_');
}

bool matches_words(const std::string& name, const std::vector<std::string>& words) {
    return std::ranges::all_of(
        words, [&](const auto& word) { return name.find(word) != std::string::npos; });
}

} // namespace outrider
