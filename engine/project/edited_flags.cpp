#include "engine/project/edited_flags.hpp"

#include "engine/config/guild_home.hpp"
#include "engine/project/chosen_operation.hpp"
#include "engine/project/flag_import.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/flag_values.hpp"
#include "engine/text/yaml_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/object.hpp>

namespace outrider {

result<std::string> editable_flags(const run_command& what, const command_context& context) {
    auto chosen = choose_operation(context, what.operation);
    if (!chosen) {
        return chosen.error();
    }
    // What stands in the way of the flags is said when the operation is run.
    std::ignore = import_flags(chosen->op, chosen->directory, module_reading_of(context));
    const auto flags = resolve_flags(chosen->op, what.flags,
                                     {.any_name = false,
                                      .directory = context.directory,
                                      .home = user_home(context),
                                      .force = what.force_flags});
    if (!flags) {
        return flags.error();
    }
    boost::json::object all;
    for (const auto& [name, value] : flags->all) {
        all.emplace(name, value);
    }
    return "# Flags of " + chosen->op.full_name() +
           ". Save and leave the editor to run it with them.\n" +
           (all.empty() ? std::string() : yaml_text(all));
}

result<std::vector<std::string>> edited_flags(const std::string& text) {
    const auto edited = read_yaml(text, "flags");
    if (!edited) {
        return edited.error();
    }
    std::vector<std::string> out;
    if (edited->is_null()) {
        return out;
    }
    if (!edited->is_object()) {
        return failure(errc::bad_input, "flags: expected a mapping of names to values");
    }
    for (const auto& member : edited->get_object()) {
        out.push_back(std::string(member.key()) + "=" + format_flag(member.value()));
    }
    return out;
}

} // namespace outrider
