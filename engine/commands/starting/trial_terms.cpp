#include "engine/commands/starting/trial_terms.hpp"

#include "engine/commands/choosing/column_spec.hpp"
#include "engine/config/slots.hpp"
#include "engine/json/described_json.hpp"

#include <algorithm>

namespace outrider {
namespace {

bool says_slots(const trial_rules& rules) {
    return rules.gpus_per_trial > 0 || rules.trials_per_gpu > 0;
}

awaitable<result<protocol::slot_rules>> slot_rules_for(command_session& session, const target& at,
                                                       const trial_rules& rules) {
    remote to = at.to;
    if (at.remote.empty()) {
        auto known = session.settings();
        auto read = known ? read_own_slots(**known, to) : result<>(known.error());
        if (!read) {
            co_return read.error();
        }
    }
    auto out = slots_of(to);
    if (rules.trials_per_gpu > 0) {
        out.trials_per_gpu = rules.trials_per_gpu;
        out.gpus_per_trial = std::max<std::int64_t>(out.gpus_per_trial, 1);
    }
    if (rules.gpus_per_trial > 0) {
        out.gpus_per_trial = rules.gpus_per_trial;
    }
    co_return out;
}

// What the trials of a search are measured by. Fails with the line that the batch says.
result<scalar_choice> objective_choice(const std::string& text) {
    const auto invalid = [&text](const std::string& why) {
        return failure(errc::bad_input, "ERROR: [guild] invalid objective '" + text + "': " + why);
    };
    auto columns = parse_columns(text);
    if (!columns) {
        return invalid(columns.error().context);
    }
    if (columns->size() > 1) {
        return invalid("too many columns");
    }
    run_column& column = columns->front();
    if (column.kind != column_kind::scalar) {
        return invalid("it has to be a scalar");
    }
    return scalar_choice{.name = std::move(column.name), .part = column.part, .step = column.step};
}

// "median", "asha:SCALAR", "median:SCALAR@STEP"
result<protocol::children_early_stop> early_stop_of(const std::string& text,
                                                    const scalar_choice& objective, bool maximize) {
    const auto colon = text.find(':');
    const auto at = colon == text.npos ? text.find('@') : text.find('@', colon);
    const auto wrong = [&text] {
        return failure(errc::bad_input, "--early-stop: '" + text +
                                            "' has to be median or asha, with :SCALAR or @STEP "
                                            "behind it");
    };
    protocol::children_early_stop out{.settings = {.maximize = maximize}, .scalar = objective.name};
    if (!boost::describe::enum_from_string(text.substr(0, std::min(colon, at)).c_str(),
                                           out.settings.rule)) {
        return wrong();
    }
    if (colon != text.npos) {
        out.scalar = text.substr(colon + 1, at == text.npos ? at : at - colon - 1);
    }
    if (at != text.npos) {
        const std::string step = text.substr(at + 1);
        if (step.empty() || step.size() > 15 || step.find_first_not_of("0123456789") != step.npos) {
            return wrong();
        }
        out.settings.first_step = std::max<std::int64_t>(std::stoll(step), 1);
    }
    return out.scalar.empty() ? wrong() : result<protocol::children_early_stop>(std::move(out));
}

/// The objective of a batch as it is recorded: a column, with a `-` where it is to be large.
struct measure {
    explicit measure(const std::string& objective)
        : maximize(objective.starts_with('-')),
          by(objective_choice(objective.substr(maximize ? 1 : 0))) {}

    bool maximize;
    result<scalar_choice> by;

    // Where the objective makes no sense the rule has to name its own scalar.
    [[nodiscard]] result<std::optional<protocol::children_early_stop>>
    early_stop(const trial_rules& rules) const {
        if (rules.early_stop.empty()) {
            return std::nullopt;
        }
        auto rule = early_stop_of(rules.early_stop, by ? *by : scalar_choice{}, maximize);
        return rule ? result<std::optional<protocol::children_early_stop>>(std::move(*rule))
                    : rule.error();
    }
};

} // namespace

awaitable<result<>> add_trial_terms(command_session& session, const target& at,
                                    const run_command& what, const batch_plan& batch,
                                    trial_options& how) {
    auto slots = co_await slot_rules_for(session, at, what.trials);
    if (!slots) {
        co_return slots.error();
    }
    how.slots = std::move(*slots);
    // Who asks for GPUs wants them all to be in use.
    how.parallel = what.trials.parallel > 0 || says_slots(what.trials) ? what.trials.parallel : 1;
    how.keep_going = what.trials.keep_going;
    const measure measured(batch.objective);
    if (measured.by) {
        how.objective = *measured.by;
    } else if (batch.kind == batch_kind::search) {
        how.failed = measured.by.error().context;
    }
    auto rule = measured.early_stop(what.trials);
    if (!rule) {
        co_return rule.error();
    }
    how.early_stop = std::move(*rule);
    co_return result<>();
}

awaitable<result<std::optional<protocol::children_choice>>>
trial_choice(command_session& session, const target& at, const run_command& what,
             const std::string& objective) {
    protocol::children_choice out{.keep_going = what.trials.keep_going,
                                  .stop_on_failure = what.fail_on_trial_error};
    if (!what.only.empty()) {
        const auto has = [states = "," + what.only + ","](const char* state) {
            return states.find(state) != states.npos;
        };
        out.failed = has(",failed,");
        out.lost = has(",lost,");
        out.pending = has(",pending,");
    }
    if (what.trials.parallel > 0 || says_slots(what.trials)) {
        out.parallel = what.trials.parallel;
    }
    if (says_slots(what.trials)) {
        auto slots = co_await slot_rules_for(session, at, what.trials);
        if (!slots) {
            co_return slots.error();
        }
        out.slots = std::move(*slots);
    }
    auto rule = measure(objective).early_stop(what.trials);
    if (!rule) {
        co_return rule.error();
    }
    out.early_stop = std::move(*rule);
    if (protocol::encode(out) == protocol::encode(protocol::children_choice{})) {
        co_return std::nullopt;
    }
    co_return out;
}

} // namespace outrider
