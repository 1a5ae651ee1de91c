#include "engine/agent/children/asked_trials.hpp"

#include "engine/agent/children/trial_maker.hpp"
#include "engine/flags/flag_encoding.hpp"
#include "engine/json/described_json.hpp"
#include "engine/search/parzen_density.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>

namespace outrider::agent {
namespace {

namespace json = boost::json;

failure wrong_answer(const std::string& what) {
    return {errc::bad_input, "the optimizer's answer " + what};
}

// As its flag has it: a whole number for an integer, a number with a point for a real one.
json::value as_dimension(const dimension& of, const json::value& value) {
    if (of.kind == dimension_kind::integer && value.is_double() &&
        std::floor(value.get_double()) == value.get_double()) {
        return static_cast<std::int64_t>(value.get_double());
    }
    const bool real = of.kind == dimension_kind::real || of.kind == dimension_kind::logarithmic;
    return real && value.is_int64() ? json::value(static_cast<double>(value.get_int64())) : value;
}

std::string range_text(const dimension& of) {
    if (of.kind == dimension_kind::categorical) {
        return json::serialize(json::array(of.choices.begin(), of.choices.end()));
    }
    const auto bound = [&of](double value) {
        return encode_flag(of.kind == dimension_kind::integer
                               ? json::value(static_cast<std::int64_t>(value))
                               : json::value(value));
    };
    return "[" + bound(of.low) + ":" + bound(of.high) + "]";
}

std::string line_of(const char* name, json::object body) {
    json::object out;
    out.emplace(name, std::move(body));
    return json::serialize(out);
}

} // namespace

result<std::optional<flag_map>> read_answer(const search_space& space, std::string_view line) {
    constexpr std::size_t shown = 80;
    const auto parsed = protocol::parse_json(line);
    const auto* answer = parsed ? parsed->if_object() : nullptr;
    if (answer == nullptr) {
        return wrong_answer("is no JSON object: " + std::string(line.substr(0, shown)));
    }
    if (const auto* error = answer->if_contains("error"); error != nullptr) {
        return failure(errc::bad_input, "the optimizer has failed: " +
                                            (error->is_string() ? std::string(error->get_string())
                                                                : json::serialize(*error)));
    }
    if (const auto* done = answer->if_contains("done"); done != nullptr && *done == true) {
        return std::optional<flag_map>{};
    }
    const auto* given = answer->if_contains("flags");
    if (given == nullptr || !given->is_object()) {
        return wrong_answer("has no flags: " + std::string(line.substr(0, shown)));
    }
    flag_map out = space.constant;
    for (const auto& member : given->get_object()) {
        const std::string name(member.key());
        const auto of = std::ranges::find(space.dimensions, name, &dimension::flag);
        if (of == space.dimensions.end()) {
            return wrong_answer("has a flag that is not searched: " + name);
        }
        const json::value value = as_dimension(*of, member.value());
        if (!place_of(*of, value)) {
            return wrong_answer("has a value for flag " + name + " that is none of " +
                                range_text(*of) + ": " + json::serialize(value).substr(0, shown));
        }
        out[name] = value;
    }
    for (const auto& each : space.dimensions) {
        if (!given->get_object().contains(each.flag)) {
            return wrong_answer("has no value for flag " + each.flag);
        }
    }
    return std::optional(std::move(out));
}

asked_trials::asked_trials(const agent_context& context, const parent_run& parent,
                           const protocol::children_head& head, const descriptor& signals)
    : parent_(parent), head_(head), signals_(signals), history_(context, parent, head) {}

result<> asked_trials::begin() {
    const auto& search = *head_.search;
    auto program =
        asked_program::start(*search.program, parent_, search.recipe.directory, signals_);
    if (!program) {
        return program.error();
    }
    program_ = std::move(*program);
    json::array space;
    for (const auto& each : search.settings.space.dimensions) {
        space.push_back(protocol::to_json(each));
    }
    return program_->say(
        line_of("begin", {{"objective", json::string(search.settings.objective)},
                          {"maximize", search.settings.maximize},
                          {"max_trials", search.settings.max_trials},
                          {"seed", search.settings.seed},
                          {"options", protocol::to_json(search.program->options)},
                          {"constant", protocol::to_json(search.settings.space.constant)},
                          {"space", std::move(space)}}));
}

// What has become of trials since they were told last.
result<> asked_trials::tell_news() {
    if (auto seen = history_.look(); !seen) {
        return seen.error();
    }
    const auto all = history_.own();
    for (std::size_t number = 0; number < all.size(); ++number) {
        const auto& trial = all[number];
        const bool ended = trial.state == run_state::completed || trial.state == run_state::error ||
                           trial.state == run_state::terminated;
        const auto told = told_.find(trial.id);
        if (!ended || (told != told_.end() && told->second == trial.state)) {
            continue;
        }
        told_[trial.id] = trial.state;
        json::object body{{"number", number},
                          {"flags", protocol::to_json(trial.flags)},
                          {"status", boost::describe::enum_to_string(trial.state, "error")},
                          {"objective", trial.objective && std::isfinite(*trial.objective)
                                            ? json::value(*trial.objective)
                                            : json::value(nullptr)}};
        if (auto said = program_->say(line_of("tell", std::move(body))); !said) {
            return said;
        }
    }
    return {};
}

result<std::optional<flag_map>> asked_trials::ask() {
    if (auto said = program_->say(line_of("ask", {{"number", history_.count()}})); !said) {
        return said.error();
    }
    auto line = program_->answer();
    if (!line) {
        return line.error();
    }
    return read_answer(head_.search->settings.space, *line);
}

result<std::optional<protocol::planned_child>> asked_trials::next() {
    const bool enough = done_ || history_.count() >= head_.search->settings.max_trials;
    if (enough && !program_) {
        return std::optional<protocol::planned_child>{};
    }
    if (!program_) {
        if (auto begun = begin(); !begun) {
            return begun.error();
        }
    }
    if (auto told = tell_news(); !told) {
        if (enough && told.error().kind() != errc::cancelled) {
            program_.reset(); // it went before it was told all: nothing more is asked of it
            return std::optional<protocol::planned_child>{};
        }
        return told.error();
    }
    if (enough) {
        return std::optional<protocol::planned_child>{};
    }
    auto flags = ask();
    if (!flags) {
        return flags.error();
    }
    if (!*flags) {
        done_ = true;
        return std::optional<protocol::planned_child>{};
    }
    auto child = make_planned_trial(head_, parent_, **flags);
    if (!child) {
        return child.error();
    }
    history_.add(*child);
    return std::optional(std::move(*child));
}

} // namespace outrider::agent
