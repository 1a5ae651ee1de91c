// What an agent reports of its machine.
#include "engine/agent/files/file_system.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace outrider;
using namespace outrider::testing;

BOOST_AUTO_TEST_SUITE(agent_examine)

BOOST_AUTO_TEST_CASE(the_machine_is_described) {
    run_home at;
    const auto before = ::umask(027);
    agent_process agent(at.cache, {{"TMPDIR", (at.root / "gone").native()}});
    ::umask(before);
    const auto report = agent.call(protocol::examine_machine{.home = at.home.native()});
    BOOST_TEST(report.umask == 027);
    BOOST_TEST(report.processors >= 1);
    BOOST_TEST(report.memory_bytes > std::int64_t{1} << 20);
    BOOST_TEST(report.open_files > 0);
    BOOST_TEST(report.time_us > std::int64_t{1'700'000'000} * 1'000'000);
    BOOST_TEST(report.user_home.exists);
    BOOST_TEST(report.guild_home.path == at.home.native());
    BOOST_TEST(report.temporary.path == (at.root / "gone").native());
    BOOST_TEST(!report.temporary.exists);
    const bool is_word =
        report.logout == "stay" || report.logout == "enter_scope" || report.logout == "warn";
    BOOST_TEST(is_word, report.logout);
    // Asking leaves nothing and changes nothing.
    BOOST_TEST(agent.call(protocol::examine_machine{.home = at.home.native()}).umask == 027);
}

BOOST_AUTO_TEST_CASE(a_place_that_is_missing_is_judged_by_what_is_above_it) {
    temporary_directory at;
    const auto there = agent::directory_facts_of(at.path());
    BOOST_TEST(there.exists);
    BOOST_TEST(there.writable);
    BOOST_TEST(there.owner == "");
    BOOST_TEST(there.total_bytes > 0);
    const auto missing = agent::directory_facts_of(at / "a/b/c");
    BOOST_TEST(!missing.exists);
    BOOST_TEST(!missing.blocked);
    BOOST_TEST(missing.writable);
    BOOST_TEST(missing.total_bytes == there.total_bytes);
    write_file(at / "file", "");
    const auto blocked = agent::directory_facts_of(at / "file");
    BOOST_TEST(blocked.blocked);
    BOOST_TEST(!blocked.writable);
}

BOOST_AUTO_TEST_CASE(owners_and_mount_options_are_seen) {
    temporary_directory at;
    if (::mount("tmpfs", at.path().c_str(), "tmpfs", MS_NOEXEC, "size=3m,nr_inodes=100") != 0) {
        BOOST_TEST_MESSAGE("SKIPPED: this user cannot mount");
        return;
    }
    std::ignore = ::chown(at.path().c_str(), 12345, 12345); // as root, who may mount
    const auto place = agent::directory_facts_of(at.path());
    ::umount2(at.path().c_str(), MNT_DETACH);
    BOOST_TEST(!place.executes);
    BOOST_TEST(place.file_system == "tmpfs");
    BOOST_TEST(!place.shared);
    BOOST_TEST(place.total_bytes == 3 << 20);
    BOOST_TEST(place.total_files == 100);
    BOOST_TEST(place.owner == "12345");
}

BOOST_AUTO_TEST_CASE(file_systems_have_names) {
    BOOST_TEST(agent::file_system_of(0xEF53).name == "ext4");
    BOOST_TEST(agent::file_system_of(0x6969).shared);
    BOOST_TEST(agent::file_system_of(0x6969).name == "nfs");
    BOOST_TEST(agent::file_system_of(42).name == "");
}

BOOST_AUTO_TEST_SUITE_END()
