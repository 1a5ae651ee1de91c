#include "engine/commands/comparing/operation_columns.hpp"

#include "engine/project/attribute_value.hpp"
#include "engine/project/guild_file.hpp"
#include "engine/runs/opref.hpp"

#include <algorithm>
#include <filesystem>

namespace outrider {
namespace {

namespace json = boost::json;

// One text, or a list of them; nothing where it is neither, or empty.
std::optional<std::vector<std::string>> texts_in(const json::value& value) {
    std::vector<std::string> out;
    if (value.is_string()) {
        out.emplace_back(value.get_string());
    } else if (const auto* items = value.if_array()) {
        for (const auto& item : *items) {
            if (item.is_string()) {
                out.emplace_back(item.get_string());
            }
        }
    }
    return out.empty() ? std::nullopt : std::optional(std::move(out));
}

// A project that cannot be read any more says nothing.
std::optional<std::vector<std::string>> compare_of(const opref& of) {
    if (of.pkg_type != "guildfile") {
        return std::nullopt;
    }
    const std::filesystem::path path = of.pkg_name;
    const auto project = load_guild_file(path.parent_path().string());
    if (!project || !*project || (*project)->path != of.pkg_name) {
        return std::nullopt;
    }
    const auto& operations = (*project)->operations;
    const auto found = std::ranges::find_if(operations, [&](const operation_def& each) {
        return each.name == of.op && each.model == of.model;
    });
    const auto* said = found == operations.end() ? nullptr : found->data.if_contains("compare");
    return said == nullptr ? std::nullopt : texts_in(*said);
}

} // namespace

operation_columns::specifications operation_columns::of_project(const std::string& opref) {
    auto of = parse_opref(opref);
    if (!of) {
        return std::nullopt;
    }
    of->version.clear(); // what the project was then does not matter
    const auto [place, is_new] = projects_.try_emplace(format_opref(*of));
    if (is_new) {
        place->second = compare_of(*of);
    }
    return place->second;
}

std::vector<run_column> operation_columns::parsed(const std::string& text) {
    const auto [place, is_new] = parsed_.try_emplace(text);
    if (is_new) {
        auto columns = parse_columns(text);
        if (columns) {
            place->second = std::move(*columns);
        } else {
            warn_("error parsing '" + text + "': " + columns.error().context);
        }
    }
    return place->second;
}

std::vector<run_column> operation_columns::of(const comparable_run& run) {
    specifications said;
    if (projects_here_) {
        said = of_project(run.detail.opref);
    }
    if (!said) {
        said = texts_in(attribute_value(run.facts, "compare"));
    }
    if (!said) {
        return usual_columns(run, all_scalars_);
    }
    std::vector<run_column> out;
    for (const auto& each : *said) {
        std::ranges::copy(parsed(each), std::back_inserter(out));
    }
    return out;
}

} // namespace outrider
