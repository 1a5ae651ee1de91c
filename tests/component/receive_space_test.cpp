#include "tests/support/receiving_job.hpp"

#include <sys/mount.h>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

/// A machine whose runs are on a small file system of their own.
struct full_machine {
    agent_machine there;
    std::string runs = there.place / "user/.guild/runs";
    bool mounted;

    explicit full_machine(const char* options)
        : mounted(::mount("tmpfs", runs.c_str(), "tmpfs", 0, options) == 0) {
        fs::create_directories(there.run());
        if (!mounted) {
            BOOST_TEST_MESSAGE("skipped: this account may not mount");
        }
    }
    full_machine(const full_machine&) = delete;
    full_machine& operator=(const full_machine&) = delete;
    ~full_machine() {
        if (mounted) {
            ::umount2(runs.c_str(), MNT_DETACH);
        }
    }
};

bool mentions(const protocol::failure_message& what, std::string_view text) {
    return what.context.find(text) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(receive_space)

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_before_anything_is_written) {
    full_machine disk("size=1m,nr_inodes=20");
    protocol::receive_runs request;
    request.bytes = std::int64_t{1} << 60;
    receiving_job bytes(disk.there, request);
    bytes.begin();
    const auto refused = bytes.job.finish().error();
    BOOST_TEST(refused.code == "no_space");
    BOOST_TEST(mentions(refused, "bytes too few are free"));
    request.bytes = 10;
    request.files = disk.mounted ? 1000 : std::int64_t{1} << 60;
    receiving_job files(disk.there, request);
    const auto without_inodes = files.job.finish().error();
    BOOST_TEST(without_inodes.code == "no_space");
    BOOST_TEST(mentions(without_inodes, "inodes"));
    BOOST_TEST(entries_below(disk.there.run()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_disk_that_becomes_full_leaves_what_was_there_and_tells_what_is_missing) {
    const full_machine disk("size=1m");
    if (!disk.mounted) {
        return;
    }
    const auto& there = disk.there;
    for (const std::string how : {"large", "basis", "many small"}) {
        BOOST_TEST_CONTEXT(how) {
            there.write("large", "old");
            receiving_job to(there);
            to.begin();
            to.script.file(a_file("small"), "fits");
            if (how == "many small") {
                for (int i = 0; i < 20; ++i) {
                    to.script.file(a_file("n" + std::to_string(i)), noise(100'000));
                }
            } else {
                const auto number = to.script.order(a_file("large", 3 << 20), how == "basis");
                to.script.order(a_file("next", 1 << 20));
                to.script.blocks(number, a_file("large"), noise(3 << 20));
            }
            const auto why = to.job.finish().error();
            BOOST_TEST(why.code == "no_space");
            BOOST_TEST(mentions(why, "bytes too few are free"));
            BOOST_TEST(there.content(there.in_run("small")) == "fits");
            BOOST_TEST(there.content(there.in_run("large")) == "old");
            BOOST_TEST(!fs::exists(there.in_run(".guild")));
            fs::remove_all(there.run());
            fs::create_directories(there.run());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_missing_bytes_are_those_that_are_still_to_come) {
    const full_machine disk("size=2m");
    if (!disk.mounted) {
        return;
    }
    receiving_job to(disk.there);
    to.begin();
    const auto number = to.script.order(a_file("large", 3 << 20));
    to.script.order(a_file("next", 1 << 20));
    to.script.blocks(number, a_file("large"), noise(3 << 20));
    const auto why = to.job.finish().error().context;
    // 4 MiB and 2 MiB of room, but for a few pages.
    const auto at = why.find(" free: ");
    BOOST_REQUIRE(at != std::string::npos);
    const auto missing = std::stol(why.substr(at + 7));
    BOOST_TEST(missing >= 2 << 20);
    BOOST_TEST(missing <= (2 << 20) + (64 << 10));
}

BOOST_AUTO_TEST_CASE(preparing_a_basis_on_a_full_disk_leaves_the_present_file) {
    const full_machine disk("size=3m");
    if (!disk.mounted) {
        return;
    }
    const auto& there = disk.there;
    const auto old = noise(2 << 20);
    there.write("large", old);
    receiving_job to(there);
    to.begin();
    to.script.order(a_file("large", 2 << 20), true);
    BOOST_TEST(to.job.finish().error().code == "no_space");
    BOOST_TEST((there.content(there.in_run("large")) == old));
    BOOST_TEST(entries_below(there.run()) == 1U);
}

BOOST_AUTO_TEST_CASE(without_inodes_the_transfer_stops_and_says_so) {
    const full_machine disk("size=10m,nr_inodes=30");
    if (!disk.mounted) {
        return;
    }
    const auto& there = disk.there;
    receiving_job to(there);
    to.begin();
    for (int i = 0; i < 60; ++i) {
        to.script.order(a_file("n" + std::to_string(i), 1));
    }
    for (int i = 0; i < 60; ++i) {
        to.script.whole(i, a_file("n" + std::to_string(i)), "x");
    }
    const auto why = to.job.finish().error();
    BOOST_TEST(why.code == "no_space");
    BOOST_TEST(mentions(why, "(inodes)"));
    BOOST_TEST(there.content(there.in_run("n0")) == "x");
    BOOST_TEST(!fs::exists(there.in_run(".guild")));
}

BOOST_AUTO_TEST_SUITE_END()
