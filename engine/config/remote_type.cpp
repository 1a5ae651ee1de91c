#include "engine/config/remote_type.hpp"

#include <algorithm>

namespace outrider {

const remote_type* remote_types::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(all_, [&](const remote_type* each) { return each->name == name; });
    return found == all_.end() ? nullptr : *found;
}

std::string remote_types::inline_forms() const {
    std::string text;
    for (const auto* each : all_) {
        if (!each->inline_form.empty()) {
            text += (text.empty() ? "" : " or ") + std::string(each->name) + ":" +
                    std::string(each->inline_form);
        }
    }
    return text;
}

std::optional<slurm_rules> remote_types::slurm_of(const remote& to) const {
    const auto* type = find(to.type);
    const bool has_jobs = type != nullptr && type->slurm_of != nullptr;
    return has_jobs ? std::optional(type->slurm_of(to)) : std::nullopt;
}

remote remote_types::this_machine(const std::string& guild_home) const {
    const auto here =
        std::ranges::find_if(all_, [](const remote_type* each) { return each->here; });
    remote out;
    out.name = this_machine_name;
    out.type = here == all_.end() ? "" : (*here)->name; // that no transport serves is said later
    out.guild_home = guild_home;
    return out;
}

} // namespace outrider
