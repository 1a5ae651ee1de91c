#include "engine/commands/copying/copy_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

run_row row(run_state state, std::optional<std::int64_t> exit_status = {},
            std::string remote = {}) {
    run_row out;
    out.state = state;
    out.exit_status = exit_status;
    out.remote = std::move(remote);
    return out;
}

const auto nothing = std::optional<run_row>();
const auto completed = row(run_state::completed, 0);
const auto failed = row(run_state::error, 3);
const auto staged = row(run_state::staged);
const auto running = row(run_state::running);
const auto running_on_a = row(run_state::running, {}, "a");
const auto running_on_b = row(run_state::running, {}, "b");

} // namespace

BOOST_AUTO_TEST_SUITE(copy_verdicts)

BOOST_AUTO_TEST_CASE(a_copy_never_takes_the_place_of_the_truth) {
    struct example {
        run_row source;
        std::optional<run_row> destination; // which the source calls "a"
        copy_verdict verdict;
    };
    const example examples[] = {
        {completed, nothing, copy_verdict::copy},
        {running, nothing, copy_verdict::copy},
        {running_on_b, nothing, copy_verdict::copy},
        {completed, completed, copy_verdict::copy},
        {completed, running_on_b, copy_verdict::copy},
        {running_on_b, running_on_b, copy_verdict::copy},
        // It was started again at the source.
        {running, completed, copy_verdict::copy},
        {failed, completed, copy_verdict::copy},
        {staged, staged, copy_verdict::copy},
        {completed, running, copy_verdict::runs_there},
        {running_on_a, running, copy_verdict::runs_there},
        {running_on_a, nothing, copy_verdict::came_from_there},
        {running_on_a, completed, copy_verdict::came_from_there},
        {running_on_b, completed, copy_verdict::ended_there},
        {staged, completed, copy_verdict::ended_there},
        {staged, failed, copy_verdict::ended_there},
    };
    for (const auto& each : examples) {
        BOOST_TEST_CONTEXT("example " << (&each - examples)) {
            BOOST_TEST((judge_copy(each.source, each.destination, "a") == each.verdict));
        }
    }
}

BOOST_AUTO_TEST_CASE(this_machine_has_no_name_that_a_lock_could_hold) {
    BOOST_TEST((judge_copy(running, nothing, "") == copy_verdict::copy));
    BOOST_TEST((judge_copy(running_on_a, nothing, "") == copy_verdict::copy));
}

BOOST_AUTO_TEST_SUITE_END()
