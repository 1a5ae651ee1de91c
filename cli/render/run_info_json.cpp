#include "cli/render/run_info.hpp"

#include "cli/render/times.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cmath>

namespace outrider::cli {
namespace {

namespace json = boost::json;

json::array texts(const std::vector<std::string>& items) {
    json::array out;
    for (const auto& item : items) {
        out.emplace_back(item);
    }
    return out;
}

json::object texts(const std::map<std::string, std::string>& members) {
    json::object out;
    for (const auto& [name, value] : members) {
        out.emplace(name, value);
    }
    return out;
}

json::value yaml_or_text(const std::string& text) {
    auto value = read_yaml(text, "value");
    if (const auto digits = value ? big_integer_digits(*value) : std::nullopt) {
        return json::string(*digits); // most readers of JSON would round it
    }
    return value ? std::move(*value) : json::value(text);
}

// JSON has no numbers that are not finite.
json::value number(double value) {
    return std::isfinite(value) ? json::value(value) : json::value(nullptr);
}

json::array at_step(double value, std::int64_t step) {
    return {number(value), step};
}

json::object scalars_json(const std::vector<scalar_summary>& scalars, bool all) {
    json::object out;
    for (const auto& each : scalars) {
        const auto last = at_step(each.last, each.last_step);
        if (!all) {
            out.emplace(each.tag, last);
            continue;
        }
        const double total = each.mean * static_cast<double>(each.count);
        out.emplace(each.tag, json::object{{"first", at_step(each.first, each.first_step)},
                                           {"last", last},
                                           {"min", at_step(each.least, each.least_step)},
                                           {"max", at_step(each.greatest, each.greatest_step)},
                                           {"avg", at_step(each.mean, each.count)},
                                           {"total", at_step(total, each.count)}});
    }
    return out;
}

json::array comments_json(const std::vector<run_comment>& comments) {
    json::array out;
    for (const auto& each : comments) {
        out.push_back(json::object{{"body", each.body},
                                   {"host", each.host},
                                   {"time", local_time(each.time_us)},
                                   {"user", each.user}});
    }
    return out;
}

json::object dependencies_json(const std::vector<dependency_shown>& dependencies) {
    json::object out;
    for (const auto& each : dependencies) {
        json::object source{{"paths", texts(each.paths)}, {"uri", each.uri}};
        if (!each.config.empty()) {
            source["config"] = each.config;
        }
        auto& sources = out[each.resource];
        if (!sources.is_object()) {
            sources = json::object();
        }
        sources.get_object()[each.source] = std::move(source);
    }
    return out;
}

} // namespace

json::object flags_json(const std::vector<flag_shown>& flags) {
    json::object out;
    for (const auto& flag : flags) {
        out.emplace(flag.name, yaml_or_text(flag.value));
    }
    return out;
}

namespace {

void add_sections(json::object& out, const run_detail& run, const info_command& asked) {
    out["tags"] = texts(run.row.tags);
    out["flags"] = flags_json(run.flags);
    if (!run.batch.empty()) {
        out["proto-flags"] = flags_json(run.proto_flags);
    }
    out["scalars"] = scalars_json(run.scalars, asked.all_scalars);
    if (!run.attributes.empty() || !run.declared_attributes.empty()) {
        auto attributes = flags_json(run.declared_attributes);
        for (auto& logged : texts(run.attributes)) {
            attributes.insert_or_assign(logged.key(), std::move(logged.value()));
        }
        out["attributes"] = std::move(attributes);
    }
    if (asked.comments) {
        out["comments"] = comments_json(run.comments);
    }
    if (asked.environment) {
        out["environment"] = texts(run.environment);
    }
    if (asked.manifest) {
        out["manifest"] = json::object{{"dependencies", texts(run.manifest_dependencies)},
                                       {"sourcecode", texts(run.manifest_sourcecode)}};
    }
    if (asked.dependencies) {
        out["dependencies"] = dependencies_json(run.dependencies);
    }
    if (asked.plugins) {
        out["plugins"] = texts(run.plugins);
    }
}

} // namespace

std::string run_info_json(const run_described& described, const info_command& asked) {
    const run_detail& run = described.run;
    json::object out;
    for (const auto& [name, value] : run_info_lines(described)) {
        out[name] = value;
    }
    if (run.row.exit_status) {
        out["exit_status"] = *run.row.exit_status;
    }
    if (run.row.pid != 0) {
        out["pid"] = run.row.pid;
    }
    if (!run.row.reason.empty()) {
        out["reason"] = run.row.reason;
    }
    if (asked.private_attrs) {
        out["opref"] = run.opref.substr(0, run.opref.find('\n'));
        out["op"] = yaml_or_text(run.op);
    }
    add_sections(out, run, asked);
    return json::serialize(out) + "\n";
}

} // namespace outrider::cli
