#include "engine/project/guild_file.hpp"

#include <algorithm>

namespace outrider {
namespace {

/// The parts of `MODEL:OP`; without a colon there is no model, not even the unnamed one.
struct operation_name {
    std::optional<std::string> model;
    std::string op;
};

const std::string see_list = "' for a list of available operations.";

failure cannot_find(const std::string& name) {
    return {errc::not_found,
            "cannot find operation " + name + "\nTry '{program} operations" + see_list};
}

result<operation_name> split_name(const std::string& name) {
    const auto count = [&](char c) { return std::ranges::count(name, c); };
    const auto colon = name.find(':');
    if (count(':') > 1 || count('/') > 1 || name.ends_with(':')) {
        return failure(errc::bad_input,
                       "invalid operation '" + name + "'\nTry '{program} operations" + see_list);
    }
    if (colon == std::string::npos) {
        return operation_name{.op = name};
    }
    return operation_name{.model = name.substr(0, colon), .op = name.substr(colon + 1)};
}

// A part of a model's name means it where no other has that part.
result<std::string> model_named(const guild_file& file, const std::string& part,
                                const std::string& whole) {
    std::vector<std::string> found;
    for (const auto& model : file.models) {
        if (model.name == part) {
            return part;
        }
        if (!part.empty() && model.name.find(part) != std::string::npos) {
            found.push_back(model.name);
        }
    }
    if (found.size() == 1) {
        return found.front();
    }
    if (found.empty()) {
        return cannot_find(whole);
    }
    std::ranges::sort(found);
    std::string text =
        "there are multiple models that match '" + part + "'\nTry specifying one of the following:";
    for (const auto& name : found) {
        text += "\n  " + name;
    }
    return failure(errc::ambiguous, text);
}

const operation_def* in_model(const guild_file& file, const std::string& model,
                              const std::string& op) {
    const auto found = std::ranges::find_if(file.operations, [&](const operation_def& each) {
        return each.model == model && each.name == op;
    });
    return found == file.operations.end() ? nullptr : &*found;
}

// The operation that says so, else the only one that is not hidden.
const operation_def* default_of(const guild_file& file, const std::string& model) {
    const operation_def* only = nullptr;
    std::size_t shown = 0;
    for (const auto& each : file.operations) {
        if (each.model != model) {
            continue;
        }
        if (each.is_default) {
            return &each;
        }
        if (!each.name.starts_with('_')) {
            only = &each;
            ++shown;
        }
    }
    return shown == 1 ? only : nullptr;
}

} // namespace

result<const operation_def*> find_operation(const guild_file& file, const std::string& name) {
    const auto parts = split_name(name);
    if (!parts) {
        return parts.error();
    }
    std::string model = file.default_model;
    if (parts->model) {
        auto named = model_named(file, *parts->model, name);
        if (!named) {
            return named.error();
        }
        model = std::move(*named);
    }
    const auto* found = name.empty() ? default_of(file, model) : in_model(file, model, parts->op);
    if (found != nullptr) {
        return found;
    }
    if (!name.empty() && file.find_model(model) == nullptr) {
        return failure(errc::not_found, "cannot find operation " + name +
                                            "\nYou may need to include a model in the form "
                                            "MODEL:OPERATION. Try '{program} operations" +
                                            see_list);
    }
    const std::string what = name.empty() ? "a default operation" : "operation '" + parts->op + "'";
    const std::string where = model.empty() ? "this project" : "model '" + model + "'";
    return failure(errc::not_found, what + " is not defined for " + where +
                                        "\nTry '{program} operations" +
                                        (model.empty() ? "" : " " + model) + see_list);
}

} // namespace outrider
