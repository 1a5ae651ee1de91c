#include "engine/project/trial_children.hpp"

#include "engine/json/described_json.hpp"
#include "engine/project/config_file.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/project/source_flags.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/runs/opref.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace outrider {
namespace {

bool mentions_flags(const std::string& text) {
    return text.find("${") != text.npos;
}

// Whether what trials require differs from one to the next.
bool depends_on_flags(const std::vector<resource_def>& resources) {
    return std::ranges::any_of(resources, [](const resource_def& resource) {
        return mentions_flags(resource.name) ||
               std::ranges::any_of(resource.sources, [](const resource_source& source) {
                   return source.kind == source_kind::config || mentions_flags(source.what) ||
                          mentions_flags(boost::json::serialize(source.data));
               });
    });
}

// Whether trials try several runs, or files, that they require.
bool chooses_sources(const run_plan& prototype) {
    return std::ranges::any_of(prototype.required.supplied, [](const auto& source) {
        return !supplied_list(source.second).empty();
    });
}

std::set<std::string> searched_flags(const search_space& space) {
    std::set<std::string> out;
    for (const auto& each : space.dimensions) {
        out.insert(each.flag);
    }
    for (const auto& each : space.switches) {
        out.insert(each.target);
    }
    return out;
}

// A flag that a search chooses and that decides what a trial requires, other than by what stands in
// a configuration; empty: there is none.
std::string deciding_flag(const std::vector<resource_def>& resources,
                          const std::set<std::string>& searched) {
    const auto sources = source_flags(resources, {});
    for (const auto& flag : searched) {
        const std::string reference = "${" + flag + "}";
        const auto refers = [&reference](const std::string& text) {
            return text.find(reference) != text.npos;
        };
        for (const auto& resource : resources) {
            const bool decides =
                sources.contains(flag) || refers(resource.name) ||
                std::ranges::any_of(resource.sources, [&refers](const resource_source& source) {
                    return refers(source.what) || refers(boost::json::serialize(source.data));
                });
            if (decides) {
                return flag;
            }
        }
    }
    return {};
}

std::string shown_operation(const run_plan& prototype) {
    const auto ref = parse_opref(prototype.start.opref);
    return ref ? operation_text(*ref) : prototype.operation;
}

protocol::children_head head_of(const run_plan& prototype, const trial_options& how) {
    protocol::children_head out{.common = prototype.start, .proto = true};
    out.common.home = how.home;
    out.common.activation = how.activation;
    out.common.run_id = prototype_id;
    out.common.run_dir.clear();
    out.common.pidfile.clear();
    out.common.background = false;
    out.common.stage = false;
    out.stage = how.stage;
    out.stop_on_failure = how.stop_on_failure;
    out.parallel = how.parallel;
    out.slots = how.slots;
    out.program = how.program;
    out.total = prototype.batch->count.value_or(0);
    out.objective = how.objective;
    out.maximize = prototype.batch->objective.starts_with('-');
    out.keep_going = how.keep_going;
    out.early_stop = how.early_stop;
    out.pool = how.pool;
    out.failed = prototype.batch->failed.empty() ? how.failed : prototype.batch->failed;
    if (prototype.batch->kind == batch_kind::search && out.failed.empty()) {
        out.search = protocol::children_search{.settings = prototype.batch->search,
                                               .recipe = prototype.batch->recipe,
                                               .operation = shown_operation(prototype),
                                               .program = prototype.batch->program};
    }
    return out;
}

// The configurations that trials get which nobody knows yet. Anything else that they require is the
// same for all.
result<std::vector<protocol::trial_config>> search_configs(const run_plan& prototype) {
    const operation_def& op = prototype.batch->operation;
    const auto written = read_requirements(op);
    if (!written) {
        return std::vector<protocol::trial_config>(); // was said
    }
    const auto flag = deciding_flag(*written, searched_flags(prototype.batch->search.space));
    if (!flag.empty()) {
        return failure(errc::unsupported,
                       "what operation '" + prototype.operation + "' requires depends on flag '" +
                           flag +
                           "', which a search that learns chooses\nUse '--optimizer random' "
                           "instead, or one value for that flag.");
    }
    dependency_sources from = prototype.required;
    from.declared = &op.flags;
    auto planned = plan_dependencies(prototype.resources, from);
    return planned ? result<std::vector<protocol::trial_config>>(std::move(planned->configs))
                   : planned.error();
}

/// What one trial requires.
class trial_requirements {
  public:
    explicit trial_requirements(const run_plan& prototype) : prototype_(prototype) {
        auto written = read_requirements(prototype.batch->operation);
        differ_ = written && (depends_on_flags(*written) || chooses_sources(prototype));
        if (written) {
            declared_ = written->size();
        }
    }

    result<> add(const flag_map& flags, protocol::planned_child& child, trial_children& out) const {
        if (!differ_) {
            return {};
        }
        const operation_def& op = prototype_.batch->operation;
        auto resources = read_requirements(op, child.flags);
        if (!resources) {
            return resources.error();
        }
        for (auto at = declared_; at < prototype_.resources.size(); ++at) {
            resources->push_back(prototype_.resources[at]); // that were typed
        }
        resolve_sources(*resources, flags);
        dependency_sources from = prototype_.required;
        from.config_values = config_values(op.flags, flags);
        for (auto& [name, supplied] : from.supplied) {
            const auto chosen = flags.find(name);
            if (chosen != flags.end() && !supplied_list(supplied).empty()) {
                supplied = argument_text(chosen->second);
            }
        }
        auto planned = plan_dependencies(*resources, from);
        if (!planned) {
            return planned.error();
        }
        child.dependencies = std::move(planned->wanted);
        child.dependency_package = planned->package;
        const bool is_new = std::ranges::none_of(out.packages, [&](const file_package& one) {
            return one.hash == child.dependency_package;
        });
        if (!planned->package.empty() && is_new) {
            out.packages.push_back({child.dependency_package, std::move(planned->files)});
        }
        return {};
    }

  private:
    const run_plan& prototype_;
    std::size_t declared_ = 0;
    bool differ_ = false;
};

} // namespace

result<trial_children> plan_children(const run_plan& prototype, const trial_options& how) {
    trial_children out;
    auto head = head_of(prototype, how);
    if (head.search) {
        auto configs = search_configs(prototype);
        if (!configs) {
            return configs.error();
        }
        head.search->configs = std::move(*configs);
    }
    out.plan = protocol::encode(head) + "\n";
    const trial_requirements required(prototype);
    const std::string operation = shown_operation(prototype);
    for (std::size_t i = 0; i < prototype.batch->trials.size(); ++i) {
        const flag_map& flags = prototype.batch->trials[i];
        auto trial = plan_trial(prototype, flags);
        if (!trial) {
            return trial.error();
        }
        protocol::planned_child child{.id = how.ids.at(i),
                                      .title = operation + " (" + trial->shown + ")",
                                      .flags = std::move(trial->flags),
                                      .command = std::move(trial->command),
                                      .environment = std::move(trial->environment),
                                      .attributes = std::move(trial->attributes)};
        child.attributes["id"] = yaml_text(boost::json::string(child.id));
        if (i < how.children.size()) {
            child.children = how.children[i];
        }
        if (auto added = required.add(flags, child, out); !added) {
            return added.error();
        }
        out.plan += protocol::encode(child) + "\n";
    }
    return out;
}

} // namespace outrider
