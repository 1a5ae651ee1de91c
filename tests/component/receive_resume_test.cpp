#include "tests/support/receiving_job.hpp"

#include <fcntl.h>

using namespace outrider;
using namespace outrider::testing;
using protocol::block_size;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t mebi = 1 << 20;
const std::string incoming = ".guild/outrider/incoming/";

// Sends the first blocks of a file.
void send_some(content_script& script, std::int64_t number, const std::string& content,
               std::int64_t blocks) {
    script.head(number, a_file("file"), static_cast<std::int64_t>(content.size()));
    for (std::int64_t i = 0; i < blocks; ++i) {
        script.block(i, content.substr(static_cast<std::size_t>(i) * block_size, block_size));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(receive_resume)

BOOST_AUTO_TEST_CASE(a_large_file_that_was_cut_goes_on_where_it_stopped) {
    for (const bool cancelled : {false, true}) {
        agent_machine there;
        const auto wanted = noise(4 * mebi);
        const auto entry = a_file("file", wanted.size());
        {
            receiving_job cut(there);
            cut.begin();
            send_some(cut.script, cut.script.order(entry), wanted, 20);
            if (cancelled) {
                cut.job.cancel();
                BOOST_TEST(cut.job.finish().error().code == "cancelled");
            }
        }
        BOOST_TEST(fs::exists(there.in_run(incoming + protocol::partial_name("file"))));
        BOOST_TEST(!fs::exists(there.in_run("file")));
        there.write(incoming + "999999999.3", "of an agent that was killed");
        there.write(incoming + protocol::partial_name("other"), "of no order now");
        receiving_job to(there);
        to.begin();
        BOOST_TEST(to.told().acks.empty());
        BOOST_TEST(!fs::exists(there.in_run(incoming + "999999999.3")));
        const auto number = to.script.order(entry, true);
        const auto sent = to.script.delta(number, entry, wanted, to.told().signatures.at(number));
        BOOST_TEST(sent == 4 * mebi - 20 * (128 << 10));
        BOOST_TEST(!to.end().failed());
        BOOST_TEST((there.content(there.in_run("file")) == wanted));
        BOOST_TEST(entries_below(there.run()) == 1U);
    }
}

BOOST_AUTO_TEST_CASE(what_was_left_is_continued_with_the_present_file) {
    agent_machine there;
    const auto old = noise(4 * mebi, 7);
    there.write("file", old);
    auto wanted = old + noise(mebi, 8);
    for (std::size_t at = 0; at < 10 * block_size; ++at) {
        wanted[at] ^= 1;
    }
    // What a killed agent leaves: ten blocks and a half.
    there.write(incoming + protocol::partial_name("file"), wanted.substr(0, 10 * block_size + 99));
    receiving_job to(there);
    to.begin();
    const auto entry = a_file("file", wanted.size());
    const auto number = to.script.order(entry, true);
    const auto sent = to.script.delta(number, entry, wanted, to.told().signatures.at(number));
    BOOST_TEST(sent == mebi);
    BOOST_TEST(!to.end().failed());
    BOOST_TEST((there.content(there.in_run("file")) == wanted));
}

BOOST_AUTO_TEST_CASE(what_is_no_file_of_ours_is_not_gone_on_with) {
    for (const std::string what : {"link", "second name", "pipe", "directory"}) {
        agent_machine there;
        there.place.write("outside", "mine");
        there.write(incoming + "x", "");
        const auto partial = there.in_run(incoming + protocol::partial_name("file"));
        if (what == "link") {
            fs::create_symlink(there.place / "outside", partial);
        } else if (what == "pipe") {
            BOOST_REQUIRE(::mkfifo(partial.c_str(), 0600) == 0);
        } else if (what == "second name") {
            fs::create_hard_link(there.place / "outside", partial);
        } else {
            fs::create_directory(partial);
        }
        BOOST_TEST_CONTEXT(what) {
            receiving_job to(there);
            to.begin();
            const auto wanted = noise(2 * mebi);
            const auto number = to.script.order(a_file("file", wanted.size()), true);
            BOOST_TEST(to.told().signatures.at(number).basis_bytes == 0);
            to.script.blocks(number, a_file("file"), wanted);
            BOOST_TEST(!to.end().failed());
            BOOST_TEST((there.content(there.in_run("file")) == wanted));
            BOOST_TEST(there.content(there.place / "outside") == "mine");
            BOOST_TEST(entries_below(there.run()) == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(two_transfers_of_one_run_take_turns) {
    agent_machine there;
    fs::remove_all(there.run());
    receiving_job first(there);
    receiving_job second(there);
    receiving_job third(there);
    first.begin();
    first.script.file(a_file(".guild/opref"), "of the first");
    for (auto* other : {&second, &third}) {
        other->begin();
        other->script.file(a_file("file"), "of the other");
        BOOST_TEST(other->told().acks.empty()); // what waits is not acknowledged
    }
    BOOST_TEST(!first.end().failed());
    BOOST_TEST(there.content(there.in_run(".guild/opref")) == "of the first");
    // The others planned for a copy that was not there.
    for (auto* other : {&second, &third}) {
        const auto out = other->end();
        BOOST_REQUIRE(!out.failed());
        const auto received = out.parts<protocol::run_received>().at(0);
        BOOST_TEST(received.failure.value().code == "conflict");
        BOOST_TEST(received.failure->context.find("changed meanwhile") != std::string::npos);
        BOOST_TEST(other->told().acks.back().content == other->script.content_bytes);
    }
    BOOST_TEST(!fs::exists(there.in_run("file")));
    BOOST_TEST(entries_below(there.run()) == 2U);
}

BOOST_AUTO_TEST_CASE(a_transfer_that_waited_goes_on_if_nothing_changed) {
    agent_machine there;
    there.write(".guild/opref", "x");
    receiving_job second(there);
    {
        receiving_job first(there);
        first.begin();
        first.script.file(a_file("one"), "1");
        second.begin();
        second.script.file(a_file("two"), "2");
        BOOST_TEST(!fs::exists(there.in_run("two")));
    } // cut
    BOOST_TEST(!second.end().failed());
    BOOST_TEST(there.content(there.in_run("one")) == "1");
    BOOST_TEST(there.content(there.in_run("two")) == "2");
    BOOST_TEST(!fs::exists(there.in_run(".guild/outrider")));
}

BOOST_AUTO_TEST_CASE(cut_at_any_step_the_next_transfer_completes_it_and_nothing_stays_behind) {
    const auto large = noise(mebi + 7);
    const auto log = noise(2 * mebi, 2);
    using step = std::function<void(receiving_job&)>;
    const std::vector<step> steps{
        [](auto& to) { to.script.part(protocol::receive_begin{to.run_id, to.state, "gpu1"}); },
        [](auto& to) {
            to.script.order({".guild", protocol::file_type::directory, 0, 5, 0755, ""});
        },
        [](auto& to) { to.script.order({"sub", protocol::file_type::directory, 0, 6, 0550, ""}); },
        [](auto& to) { to.script.file(a_file("sub/small"), "small"); },
        [&](auto& to) { to.script.order(a_file("sub/large", large.size()), true); },
        [&](auto& to) { to.script.order(a_file("log", log.size()), true); },
        [](auto& to) { to.script.order({"link", protocol::file_type::link, 0, 7, 0777, "log"}); },
        [&](auto& to) {
            const auto basis = to.told().signatures.at(3);
            to.script.delta(3, a_file("sub/large"), large, basis);
        },
        [&](auto& to) {
            to.script.head(4, a_file("log"), static_cast<std::int64_t>(log.size()));
            to.script.block(0, log.substr(0, block_size));
        },
        [&](auto& to) {
            const auto basis = to.told().signatures.at(4);
            to.script.delta(4, a_file("log"), log, basis);
        },
        [](auto& to) { to.script.part(protocol::receive_marks{}); },
        [](auto& to) { to.script.file(a_file(".guild/opref"), "op"); },
        [](auto& to) { to.script.finish(); },
        [](auto& to) { to.script.end(); },
    };
    for (std::size_t cut = 0; cut < steps.size(); ++cut) {
        BOOST_TEST_CONTEXT("cut after " << cut << " steps") {
            agent_machine there;
            there.write("log", log.substr(0, mebi));
            {
                receiving_job first(there);
                for (std::size_t i = 0; i < cut; ++i) {
                    steps[i](first);
                }
                std::ignore = first.job.advance();
            }
            BOOST_TEST(fs::exists(there.in_run(".guild/opref")) == (cut >= 12));
            const auto seen = there.content(there.in_run("log"));
            BOOST_TEST((seen == log || seen == log.substr(0, mebi)));
            receiving_job second(there);
            for (const auto& each : steps) {
                each(second);
            }
            BOOST_TEST(!second.job.finish().failed());
            BOOST_TEST((there.content(there.in_run("sub/large")) == large));
            BOOST_TEST((there.content(there.in_run("log")) == log));
            BOOST_TEST(there.state(there.in_run("sub")).st_mtim.tv_nsec == 6);
            BOOST_TEST(there.state(there.in_run(".guild")).st_mtim.tv_nsec == 5);
            BOOST_TEST(entries_below(there.run()) == 7U);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
