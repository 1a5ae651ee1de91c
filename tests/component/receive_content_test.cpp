#include "engine/agent/receive/basis_signature.hpp"
#include "tests/support/receiving_job.hpp"

using namespace outrider;
using namespace outrider::testing;
using kind = protocol::content_record::kind_type;
using protocol::block_size;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t mebi = 1 << 20;

} // namespace

BOOST_AUTO_TEST_SUITE(receive_content)

BOOST_AUTO_TEST_CASE(only_changed_blocks_are_needed_of_a_file_that_is_here) {
    const auto old = noise(3 * mebi + 1000);
    auto changed = old;
    changed[mebi] ^= 1;
    const std::vector<std::pair<std::string, std::string>> cases{
        {"the same", old},
        {"appended", old + noise(mebi, 2)},
        {"changed in the middle", changed},
        {"shorter", old.substr(0, mebi + 77)},
        {"emptied of all but zeros", std::string(3 * mebi, '\0')},
        {"other", noise(2 * mebi, 3)}};
    for (const auto& [what, wanted] : cases) {
        BOOST_TEST_CONTEXT(what) {
            agent_machine there;
            there.write("file", old);
            receiving_job to(there);
            to.begin();
            const auto entry = a_file("file", wanted.size());
            const auto number = to.script.order(entry, true);
            const auto told = to.told().signatures.at(number);
            BOOST_TEST(told.last);
            const auto sent = to.script.delta(number, entry, wanted, told);
            const auto received = to.end().parts<protocol::run_received>().at(0);
            BOOST_TEST((there.content(there.in_run("file")) == wanted));
            BOOST_TEST(received.kept_bytes == static_cast<std::int64_t>(wanted.size()) - sent);
            BOOST_TEST(sent <= (what == "the same"                ? 0
                                : what == "appended"              ? mebi + 1000
                                : what == "changed in the middle" ? 128 << 10
                                : what == "shorter"               ? 77
                                                                  : 3 * mebi));
            BOOST_TEST(entries_below(there.run()) == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_basis_that_is_not_there_is_empty_and_signatures_come_in_order) {
    agent_machine there;
    there.write("c", noise(mebi));
    fs::create_directory(there.in_run("b"));
    receiving_job to(there);
    to.begin();
    for (const std::string name : {"a", "b", "c", "d", "e"}) {
        to.script.order(a_file(name, 2 * mebi), true);
    }
    auto told = to.told().signatures;
    BOOST_TEST(told.size() == 3U); // the one whose turn it is and two ahead
    BOOST_TEST((told[0].last && told[1].last && told[2].last));
    BOOST_TEST(told[0].basis_bytes == 0);
    BOOST_TEST(told[1].basis_bytes == 0);
    BOOST_TEST(told[2].basis_bytes == mebi);
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST(to.told().signatures.contains(i));
        to.script.blocks(i, a_file(std::string(1, static_cast<char>('a' + i))), noise(2 * mebi));
    }
    BOOST_TEST(to.end().reply<protocol::receive_totals>().files == 5);
    BOOST_TEST(entries_below(there.run()) == 5U);
}

BOOST_AUTO_TEST_CASE(a_file_begins_again_when_the_sender_says_so) {
    for (const bool basis : {false, true}) {
        agent_machine there;
        const auto old = noise(mebi, 9);
        there.write("file", old);
        const auto first = noise(mebi);
        auto second = noise(3 * mebi / 2 + 5);
        std::fill_n(second.begin() + 300'000, 300'000, '\0');
        receiving_job to(there);
        to.begin();
        const auto number = to.script.order(a_file("file", first.size()), basis);
        to.script.head(number, a_file("file"), mebi);
        for (std::int64_t i = 0; i < 6; ++i) {
            to.script.block(i, first.substr(static_cast<std::size_t>(i) * block_size, block_size));
        }
        to.script.head(number, a_file("file"), static_cast<std::int64_t>(second.size()));
        to.script.block(0, second.substr(0, block_size));
        to.script.block(1, second.substr(block_size, block_size));
        to.script.block(2, second.substr(2 * block_size, block_size));
        to.script.range(kind::zeros, 3, 1);
        for (std::size_t at = 4 * block_size; at < second.size(); at += block_size) {
            to.script.block(static_cast<std::int64_t>(at / block_size),
                            second.substr(at, block_size));
        }
        to.script.tail(second);
        BOOST_TEST(!to.end().failed());
        BOOST_TEST((there.content(there.in_run("file")) == second));
    }
}

BOOST_AUTO_TEST_CASE(a_block_that_was_overwritten_cannot_be_kept_any_more) {
    agent_machine there;
    const auto old = noise(mebi);
    there.write("file", old);
    receiving_job to(there);
    to.begin();
    const auto number = to.script.order(a_file("file", mebi), true);
    BOOST_TEST(to.told().signatures.at(number).last);
    to.script.head(number, a_file("file"), mebi);
    to.script.block(0, noise(block_size, 5));
    to.script.delta(number, a_file("file"), old, to.told().signatures.at(number));
    BOOST_TEST(to.job.finish().error().code == "io_failed");
    BOOST_TEST((there.content(there.in_run("file")) == old));
}

BOOST_AUTO_TEST_CASE(zeros_become_holes) {
    for (const bool basis : {false, true}) {
        agent_machine there;
        there.write("sparse", noise(8 * mebi, 4));
        std::string wanted(8 * mebi, '\0');
        wanted[3] = 'a';
        wanted[4 * mebi + 4096 * 5] = 'b';
        receiving_job to(there);
        to.begin();
        const auto entry = a_file("sparse", wanted.size());
        const auto number = to.script.order(entry, basis);
        to.script.head(number, entry, 8 * mebi);
        to.script.block(0, wanted.substr(0, block_size));
        to.script.range(kind::zeros, 1, 31);
        to.script.block(32, wanted.substr(4 * mebi, block_size));
        to.script.range(kind::zeros, 33, 31);
        to.script.tail(wanted);
        BOOST_TEST(!to.end().failed());
        BOOST_TEST((there.content(there.in_run("sparse")) == wanted));
        const auto blocks = there.state(there.in_run("sparse")).st_blocks;
        BOOST_TEST(blocks * 512 <= (basis ? 2 * 128 << 10 : 2 * 4096));
    }
}

BOOST_AUTO_TEST_CASE(a_huge_hole_takes_neither_time_nor_space) {
    agent_machine there;
    constexpr std::int64_t size = std::int64_t{1} << 40;
    there.write("huge", "");
    fs::resize_file(there.in_run("huge"), size);
    receiving_job to(there);
    to.begin();
    const auto entry = a_file("huge", size);
    const auto number = to.script.order(entry, true);
    told_signature told;
    const auto deadline = agent::clock::now() + std::chrono::seconds(20);
    while (!told.last && agent::clock::now() < deadline) {
        told = to.told().signatures[number]; // as the outbox drains
    }
    constexpr auto known = agent::basis_signature::most_blocks;
    BOOST_TEST(told.basis_bytes == known * static_cast<std::int64_t>(block_size));
    to.script.head(number, entry, size);
    to.script.range(kind::keep, 0, known);
    to.script.range(kind::zeros, known, size / block_size - known);
    protocol::file_hash hash;
    hash.add_zero_blocks(size / block_size);
    protocol::content_record tail;
    tail.kind = kind::tail;
    tail.size = size;
    tail.hash = hash.value();
    to.script.record(tail);
    const auto out = to.end();
    BOOST_TEST(out.parts<protocol::run_received>().at(0).bytes == size);
    BOOST_TEST(there.state(there.in_run("huge")).st_size == size);
    BOOST_TEST(there.state(there.in_run("huge")).st_blocks == 0);
}

BOOST_AUTO_TEST_SUITE_END()
