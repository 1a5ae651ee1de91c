#include "engine/agent/slots/slot_search.hpp"

#include "engine/json/described_json.hpp"

#include <algorithm>

namespace outrider::agent {

BOOST_DESCRIBE_STRUCT(slot_count, (), (total, free))
BOOST_DESCRIBE_STRUCT(slot_grant, (), (slots, environment))
BOOST_DESCRIBE_STRUCT(slots_found, (), (count, grant, gpu_memory_mib, gpu_name, trouble))

namespace {

// Of the largest one.
void tell_gpus(const std::vector<gpu_facts>& gpus, slots_found& out) {
    const auto largest = std::ranges::max_element(gpus, {}, &gpu_facts::memory_mib);
    if (largest != gpus.end()) {
        out.gpu_memory_mib = largest->memory_mib;
        out.gpu_name = largest->name;
    }
}

slots_found look(const agent_context& context, const protocol::slot_rules& rules,
                 const environment_map& environment) {
    free_slots slots(context, rules, environment);
    slots_found out;
    if (rules.gpus_per_trial > 0) {
        if (auto gpus = ask_gpus(environment)) {
            tell_gpus(*gpus, out);
            slots.know_gpus(std::move(*gpus));
        }
    }
    if (auto good = slots.check(); !good) {
        out.trouble = good.error().context;
        return out;
    }
    out.count = slots.count();
    if (slots.are_needed()) {
        out.grant = slots.find();
    }
    return out;
}

} // namespace

result<slot_search> slot_search::begin(const agent_context& context,
                                       const protocol::slot_rules& rules,
                                       const environment_map& environment) {
    auto begun =
        forked_answer::begin([&] { return protocol::encode(look(context, rules, environment)); });
    if (!begun) {
        return begun.error();
    }
    slot_search out;
    out.answer_ = std::move(*begun);
    return out;
}

result<std::optional<slots_found>> slot_search::poll() {
    const auto text = answer_->poll();
    if (!text) {
        return std::optional<slots_found>();
    }
    auto found = protocol::decode<slots_found>(*text);
    if (!found) {
        return failure(errc::io_failed, "the look at the slots of this machine was cut off");
    }
    return std::optional(std::move(*found));
}

} // namespace outrider::agent
