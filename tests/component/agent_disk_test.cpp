#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/mount.h>
#include <sys/statvfs.h>

#include <fstream>

using namespace outrider;
using namespace outrider::testing;
using namespace std::chrono_literals;

namespace {

/// A small file system of its own below a home; skipped where mounting is not permitted.
struct small_disk {
    run_home at;
    bool mounted = ::mount("outrider-test", at.home.c_str(), "tmpfs", 0, "size=512k") == 0;

    void fill() const {
        std::ofstream out(at.home / "ballast", std::ios::binary | std::ios::app);
        const std::string page(4096, 'x');
        while (out.write(page.data(), 4096).flush()) {
        }
    }
    void free_space() const { fs::remove(at.home / "ballast"); }
    ~small_disk() {
        if (mounted) {
            ::umount2(at.home.c_str(), MNT_DETACH);
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_disk)

BOOST_AUTO_TEST_CASE(the_end_is_recorded_on_a_disk_that_filled_up_meanwhile) {
    small_disk disk;
    if (!disk.mounted) {
        BOOST_TEST_MESSAGE("skipped: mounting is not permitted");
        return;
    }
    agent_process agent(disk.at.cache);
    const std::string fifo = (disk.at.root / "go").native();
    agent.call(disk.at.start("r1", "mkfifo " + fifo + "; echo ready; read x <" + fifo +
                                       "; seq 1 100000; exit 3"));
    const auto id =
        agent.send(protocol::follow_output{.home = disk.at.home.native(), .run_id = "r1"});
    agent.receive(id, 6);
    disk.fill();
    write(fifo, "\n");
    const auto answer = agent.finish(id, 20s);
    BOOST_REQUIRE(answer.reply.has_value());
    BOOST_TEST(content(disk.at.run("r1").attribute("exit_status")) == "3\n");
    BOOST_TEST(!fs::exists(disk.at.run("r1").lock()));
}

BOOST_AUTO_TEST_CASE(lost_output_is_marked_when_there_is_space_again) {
    small_disk disk;
    if (!disk.mounted) {
        BOOST_TEST_MESSAGE("skipped: mounting is not permitted");
        return;
    }
    agent_process agent(disk.at.cache);
    const std::string fifo = (disk.at.root / "go").native();
    const std::string passed = (disk.at.root / "passed").native();
    agent.call(disk.at.start("r1", "mkfifo " + fifo + "; echo ready; read x <" + fifo +
                                       "; seq 1 100000; touch " + passed + "; read x <" + fifo +
                                       "; echo the end"));
    const auto id =
        agent.send(protocol::follow_output{.home = disk.at.home.native(), .run_id = "r1"});
    agent.receive(id, 6);
    disk.fill();
    write(fifo, "\n");
    // The operation is not held up by the disk.
    BOOST_REQUIRE(eventually([&] { return fs::exists(passed); }));
    disk.free_space();
    write(fifo, "\n");
    const auto data = agent.finish(id, 20s).data;
    BOOST_TEST(data.find("bytes of output are missing here: the disk was full]\n") !=
               std::string::npos);
    BOOST_TEST(data.ends_with("the end\n"));
    const auto lines = static_cast<std::size_t>(std::ranges::count(data, '\n'));
    BOOST_TEST(fs::file_size(disk.at.run("r1").output_index()) == lines * 9);
}

BOOST_AUTO_TEST_CASE(a_start_on_a_full_disk_is_refused_and_leaves_nothing) {
    small_disk disk;
    if (!disk.mounted) {
        BOOST_TEST_MESSAGE("skipped: mounting is not permitted");
        return;
    }
    agent_process agent(disk.at.cache);
    disk.fill();
    const auto failed = agent.refuse(disk.at.start("r1", "true"));
    BOOST_TEST(failed.code == "no_space");
    BOOST_TEST(!fs::exists(disk.at.run("r1").directory));
}

BOOST_AUTO_TEST_SUITE_END()
