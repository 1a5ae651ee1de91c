#include "engine/agent/jobs.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/job_driver.hpp"

#include <fstream>
#include <unistd.h>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

job_outcome mark(const agent_machine& there, protocol::mark_copy request) {
    return run_job(there.context, &agent::make_mark_copy_job, std::move(request));
}

} // namespace

BOOST_AUTO_TEST_SUITE(mark_copy)

BOOST_AUTO_TEST_CASE(markers_are_set_and_cleared) {
    agent_machine there;
    auto request = there.about<protocol::mark_copy>();
    request.remote_lock = "gpu1";
    request.staged = true;
    BOOST_TEST(mark(there, request).reply<protocol::copy_state_reply>().done);
    BOOST_TEST(there.content(there.in_run(".guild/LOCK.remote")) == "gpu1");
    BOOST_TEST(fs::exists(there.in_run(".guild/STAGED")));
    request.remote_lock.reset();
    request.staged = false;
    request.pending = true;
    request.terminated_remote = true;
    BOOST_TEST(!mark(there, request).failed());
    BOOST_TEST(!fs::exists(there.in_run(".guild/LOCK.remote")));
    BOOST_TEST(!fs::exists(there.in_run(".guild/STAGED")));
    BOOST_TEST(fs::exists(there.in_run(".guild/PENDING")));
    BOOST_TEST(fs::exists(there.in_run(".guild/TERMINATED.remote")));
    BOOST_TEST(std::distance(fs::directory_iterator(there.in_run(".guild")), {}) == 2);
}

BOOST_AUTO_TEST_CASE(a_copy_that_does_not_exist_is_made_for_a_marker_only) {
    agent_machine there;
    there.run_id = "new";
    auto request = there.about<protocol::mark_copy>();
    BOOST_TEST(!mark(there, request).failed());
    BOOST_TEST(!fs::exists(there.run()));
    request.remote_lock = "gpu1";
    BOOST_TEST(!mark(there, request).failed());
    BOOST_TEST(there.content(there.in_run(".guild/LOCK.remote")) == "gpu1");
}

BOOST_AUTO_TEST_CASE(paths_that_are_gone_at_the_source_are_removed_and_nothing_else) {
    agent_machine there;
    there.write("a/b/c", "");
    there.write("keep", "");
    fs::create_directory(there.place / "outside");
    std::ofstream(there.place / "outside/file") << "mine";
    fs::create_directory_symlink(there.place / "outside", there.in_run("link"));
    fs::create_directory_symlink(there.place / "outside", there.in_run("other"));
    auto request = there.about<protocol::mark_copy>();
    request.remove = {"a", "link", "never/was"};
    BOOST_TEST(!mark(there, request).failed());
    BOOST_TEST(!fs::exists(there.in_run("a")));
    BOOST_TEST(!fs::is_symlink(there.in_run("link")));
    BOOST_TEST(fs::exists(there.in_run("keep")));
    for (const std::string bad : {"other/file", "../x", "/", ""}) {
        request.remove = {bad};
        BOOST_TEST(mark(there, request).error().code == "bad_input");
    }
    BOOST_TEST(there.content(there.place / "outside/file") == "mine");
}

BOOST_AUTO_TEST_CASE(a_run_of_this_machine_that_is_alive_is_no_copy) {
    agent_machine there;
    there.write(".guild/LOCK", std::to_string(::getpid()));
    auto request = there.about<protocol::mark_copy>();
    request.remote_lock = "gpu1";
    BOOST_TEST(mark(there, request).error().code == "conflict");
    BOOST_TEST(!fs::exists(there.in_run(".guild/LOCK.remote")));
    // Written before the process of that pid began: another process has the pid now.
    fs::last_write_time(there.in_run(".guild/LOCK"),
                        fs::file_time_type::clock::now() - std::chrono::hours(24 * 3650));
    BOOST_TEST(!mark(there, request).failed());
    there.write(".guild/LOCK", "nonsense");
    BOOST_TEST(!mark(there, request).failed());
}

BOOST_AUTO_TEST_SUITE_END()
