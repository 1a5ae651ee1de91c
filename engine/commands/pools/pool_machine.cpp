#include "engine/commands/pools/pool_machine.hpp"

#include "engine/config/slots.hpp"

#include <algorithm>

namespace outrider {
namespace {

// Answers for the person, and says nothing: what is done for a run that they have agreed to.
command_session on_behalf(const command_session& session) {
    return command_session(
        session, [](const event&, const std::string&) {},
        [](question) -> awaitable<std::optional<std::string>> { co_return "yes"; });
}

} // namespace

protocol::slot_rules needs_of(const remote& to, std::int64_t gpus_per_trial,
                              std::int64_t trials_per_gpu) {
    auto rules = slots_of(to);
    rules.gpus_per_trial = std::max(rules.gpus_per_trial, gpus_per_trial);
    rules.trials_per_gpu = std::max(rules.trials_per_gpu, trials_per_gpu);
    if (!rules.gpus.empty() || trials_per_gpu > 0) {
        rules.gpus_per_trial = std::max<std::int64_t>(rules.gpus_per_trial, 1);
    }
    if (rules.count == 0 && rules.gpus_per_trial == 0) {
        rules.count = 1;
    }
    return rules;
}

awaitable<result<>> begin_queue(const command_session& session, std::string machine,
                                std::string run_id) {
    auto own = on_behalf(session);
    auto begun =
        co_await perform(performer{own}, run_command{.remote = std::move(machine),
                                                     .operation = "queue",
                                                     .flags = {"run-once=yes"},
                                                     .label = "for runs that wait for a slot",
                                                     .no_wait = true,
                                                     .run_id = std::move(run_id)});
    co_return begun ? result<>() : result<>(begun.error());
}

} // namespace outrider
