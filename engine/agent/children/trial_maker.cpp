#include "engine/agent/children/trial_maker.hpp"

#include "engine/agent/start/children_plan.hpp"
#include "engine/text/yaml_text.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace outrider::agent {
namespace {

result<std::string> random_id() {
    std::array<unsigned char, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return errno_failure(errno, "cannot make the id of a run");
    }
    std::string out;
    for (const unsigned char byte : bytes) {
        std::array<char, 3> digits{};
        std::snprintf(digits.data(), digits.size(), "%02x", byte);
        out += digits.data();
    }
    return out;
}

// What it requires is what all do, but for the configurations, which have its own flags.
result<> add_configs(const protocol::children_search& search,
                     const std::vector<protocol::dependency>& common, const flag_map& flags,
                     protocol::planned_child& out) {
    if (search.configs.empty()) {
        return {};
    }
    out.dependencies = common;
    for (const auto& config : search.configs) {
        const auto at = static_cast<std::size_t>(config.dependency);
        if (at >= common.size() || common[at].entries.size() != 1) {
            return failure(errc::bad_input, "the plan has no place for " + config.recipe.name);
        }
        auto text = fill_config(config.recipe, flags);
        if (!text) {
            return text.error();
        }
        auto& entry = out.dependencies[at].entries.front();
        entry.text = std::move(*text);
        entry.sha1.clear(); // is that of the common one
    }
    return {};
}

} // namespace

result<protocol::planned_child> make_planned_trial(const protocol::children_head& head,
                                                   const parent_run& parent,
                                                   const flag_map& flags) {
    const protocol::children_search& search = *head.search;
    auto trial = make_trial(search.recipe, flags, head.common.environment);
    if (!trial) {
        return trial.error();
    }
    auto id = random_id();
    if (!id) {
        return id.error();
    }
    protocol::planned_child out{.id = std::move(*id),
                                .title = search.operation + " (" + trial->shown + ")",
                                .flags = std::move(trial->flags),
                                .command = std::move(trial->command),
                                .environment = std::move(trial->environment),
                                .attributes = std::move(trial->attributes),
                                .values = flags};
    if (auto configured = add_configs(search, head.common.dependencies, flags, out); !configured) {
        return configured.error();
    }
    out.attributes["id"] = yaml_text(boost::json::string(out.id));
    if (auto added = add_to_plan(parent.run.children(), out); !added) {
        return added.error();
    }
    return out;
}

} // namespace outrider::agent
