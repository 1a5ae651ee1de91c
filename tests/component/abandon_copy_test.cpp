#include "engine/agent/server/jobs.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/job_driver.hpp"

#include <unistd.h>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

job_outcome abandon(const agent_machine& there) {
    auto request = there.about<protocol::abandon_copy>();
    request.reason = {.kind = "deleted", .detail = "it was deleted"};
    return run_job(there.context, &agent::make_abandon_copy_job, std::move(request));
}

} // namespace

BOOST_AUTO_TEST_SUITE(abandon_copy)

BOOST_AUTO_TEST_CASE(the_reason_is_written_and_the_markers_go) {
    agent_machine there;
    for (const char* marker : {"LOCK.remote", "PENDING", "STAGED", "TERMINATED.remote"}) {
        there.write(std::string(".guild/") + marker, "gpu1");
    }
    there.write(".guild/opref", "x");
    BOOST_TEST(abandon(there).reply<protocol::abandoned>().done);
    BOOST_TEST(std::distance(fs::directory_iterator(there.in_run(".guild")), {}) == 2);
    BOOST_TEST(there.content(there.in_run(".guild/opref")) == "x");
    const auto reason = protocol::decode<protocol::end_reason>(
        there.content(there.in_run(".guild/outrider/reason")));
    BOOST_REQUIRE(reason.has_value());
    BOOST_TEST(reason->detail == "it was deleted");
}

BOOST_AUTO_TEST_CASE(a_copy_that_is_not_there_stays_so) {
    agent_machine there;
    there.run_id = "new";
    BOOST_TEST(!abandon(there).failed());
    BOOST_TEST(!fs::exists(there.run()));
}

BOOST_AUTO_TEST_CASE(a_run_of_this_machine_that_is_alive_is_no_copy) {
    agent_machine there;
    there.write(".guild/LOCK", std::to_string(::getpid()));
    BOOST_TEST(abandon(there).error().code == "conflict");
    BOOST_TEST(!fs::exists(there.in_run(".guild/outrider")));
    // Written before the process of that pid began: another process has the pid now.
    fs::last_write_time(there.in_run(".guild/LOCK"),
                        fs::file_time_type::clock::now() - std::chrono::hours(24 * 3650));
    BOOST_TEST(!abandon(there).failed());
}

BOOST_AUTO_TEST_SUITE_END()
