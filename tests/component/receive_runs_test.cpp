#include "tests/support/receiving_job.hpp"

using namespace outrider;
using namespace outrider::testing;
using protocol::file_type;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(receive_runs)

BOOST_AUTO_TEST_CASE(marks_are_set_and_paths_removed_after_the_orders_before_them) {
    agent_machine there;
    there.write("gone/a/b", "");
    there.write(".guild/attrs/label", "x");
    receiving_job to(there);
    to.script.part(protocol::receive_begin{to.run_id, to.state, "gpu1"});
    std::ignore = to.job.advance();
    BOOST_TEST(there.content(there.in_run(".guild/LOCK.remote")) == "gpu1");
    to.script.order({".guild", file_type::directory, 0, 5, 0755, ""});
    const auto number = to.script.order(a_file("file", 1));
    protocol::receive_marks marks;
    marks.staged = true;
    marks.remove = {"gone/a/b", "gone/a", "gone", "never/was", ".guild/outrider"};
    to.script.part(marks);
    BOOST_TEST(fs::exists(there.in_run("gone")));
    BOOST_TEST(!fs::exists(there.in_run(".guild/STAGED")));
    to.script.whole(number, a_file("file", 1), "1");
    const auto last = to.script.order(a_file(".guild/opref", 1));
    to.script.whole(last, a_file(".guild/opref", 1), "1");
    BOOST_TEST(!to.end().failed());
    BOOST_TEST(!fs::exists(there.in_run("gone")));
    BOOST_TEST(fs::exists(there.in_run(".guild/STAGED")));
    BOOST_TEST(fs::exists(there.in_run(".guild/opref")));
    BOOST_TEST(!fs::exists(there.in_run(".guild/LOCK.remote")));
    BOOST_TEST(!fs::exists(there.in_run(".guild/outrider")));
    BOOST_TEST(there.state(there.in_run(".guild")).st_mtim.tv_nsec == 5);
    for (const std::string bad : {"../x", "/", "", ".guild/outrider/incoming/x"}) {
        receiving_job again(there);
        again.begin();
        marks.remove = {bad};
        again.script.part(marks);
        BOOST_TEST(again.job.finish().error().code == "bad_input");
    }
}

BOOST_AUTO_TEST_CASE(a_run_that_changed_meanwhile_or_is_alive_is_left_as_it_is) {
    for (const bool alive : {false, true}) {
        agent_machine there;
        there.write("file", "mine");
        receiving_job to(there);
        if (alive) {
            there.write(".guild/LOCK", std::to_string(::getpid()));
        } else {
            there.write(".guild/attrs/exit_status", "0");
        }
        const auto before = entries_below(there.run());
        to.begin();
        to.script.file(a_file("file"), "theirs");
        to.script.order({"link", file_type::link, 0, 0, 0777, "x"});
        const auto number = to.script.order(a_file("large", 2 << 20), true);
        const auto told = to.told();
        BOOST_TEST(told.signatures.at(number).last); // the sender waits for it all the same
        to.script.blocks(number, a_file("large"), noise(2 << 20));
        to.script.part(protocol::receive_marks{});
        to.script.finish();
        auto second = there.run_id;
        second.back() = 'e';
        to.script.begin(second); // the other runs of the transfer arrive
        to.script.file(a_file("file"), "theirs");
        const auto out = to.end();
        BOOST_REQUIRE(!out.failed());
        const auto received = out.parts<protocol::run_received>();
        BOOST_REQUIRE(received.size() == 2U);
        BOOST_TEST(received[0].failure.value().code == "conflict");
        BOOST_TEST(received[0].files == 0);
        BOOST_TEST(received[1].files == 1);
        BOOST_TEST(entries_below(there.run()) == before);
        BOOST_TEST(there.content(there.in_run("file")) == "mine");
        BOOST_TEST(there.content(there.place / ("user/.guild/runs/" + second + "/file")) ==
                   "theirs");
        BOOST_TEST(to.told().acks.back().orders == 4);
        BOOST_TEST(to.told().acks.back().content == to.script.content_bytes);
    }
}

BOOST_AUTO_TEST_CASE(content_that_comes_before_its_order_waits) {
    agent_machine there;
    receiving_job to(there);
    to.begin();
    to.script.whole(0, a_file("one"), "1");
    to.script.whole(1, a_file("two"), "2");
    to.script.order(a_file("one", 1));
    BOOST_TEST(to.told().acks.back().orders == 1);
    to.script.order(a_file("two", 1));
    to.script.raw("c"); // a packet with nothing in it
    BOOST_TEST(!to.end().failed());
    BOOST_TEST(there.content(there.in_run("two")) == "2");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_not_there_is_made_and_goes_again_if_nothing_came) {
    agent_machine there;
    fs::remove(there.run());
    {
        receiving_job to(there);
        to.begin();
        BOOST_TEST(to.told().acks.empty());
        BOOST_TEST(fs::exists(there.in_run(".guild/outrider/incoming")));
    }
    BOOST_TEST(!fs::exists(there.run()));
    receiving_job to(there);
    BOOST_TEST(to.state == "-");
    to.begin();
    to.script.file(a_file("file"), "x");
    BOOST_TEST(!to.end().failed());
    BOOST_TEST(entries_below(there.run()) == 1U);
}

BOOST_AUTO_TEST_CASE(files_that_vanished_or_kept_changing_are_reported) {
    agent_machine there;
    there.write("gone25", "old");
    receiving_job to(there);
    to.begin();
    for (int i = 0; i < 30; ++i) {
        protocol::content_record record;
        record.kind = protocol::content_record::kind_type::missing;
        record.number = to.script.order(a_file("gone" + std::to_string(i), 5), i % 2 != 0);
        to.script.record(record);
    }
    protocol::content_record record;
    record.number = to.script.order(a_file("live", 1));
    record.hash = protocol::hash_of_small_file("1");
    record.data = "1";
    record.live = true;
    to.script.record(record);
    const auto received = to.end().parts<protocol::run_received>().at(0);
    BOOST_TEST(received.missing_count == 30);
    BOOST_TEST(received.missing.size() == 20U);
    BOOST_TEST(received.live == 1);
    BOOST_TEST(received.files == 1);
    BOOST_TEST(there.content(there.in_run("gone25")) == "old");
    BOOST_TEST(!fs::exists(there.in_run(".guild")));
}

BOOST_AUTO_TEST_CASE(a_package_appears_only_when_all_of_it_is_there) {
    agent_machine there;
    const auto packages = there.context.machine.cache_directory + "/packages";
    protocol::receive_runs request;
    request.package = "abc";
    {
        receiving_job cut(there, request);
        cut.script.file(a_file("train.py"), "print()");
    }
    BOOST_TEST(entries_below(packages) == 0U);
    for (const bool finishes : {true, false}) {
        request.package = finishes ? "abc" : "def";
        receiving_job to(there, request);
        to.script.order({"lib", file_type::directory, 0, 5, 0555, ""});
        const auto number = to.script.order(a_file("lib/large", 200'000), true);
        BOOST_TEST(to.told().signatures.at(number).last);
        to.script.blocks(number, a_file("lib/large"), noise(200'000));
        to.script.file(a_file("train.py"), "print()");
        BOOST_TEST(!fs::exists(packages + "/" + request.package));
        if (finishes) {
            to.script.finish();
        }
        to.script.end();
        const auto out = to.job.finish();
        BOOST_TEST(out.reply<protocol::receive_totals>().files == 2);
        BOOST_TEST(out.parts<protocol::run_received>().size() == (finishes ? 1U : 0U));
        BOOST_TEST(there.content(packages + "/" + request.package + "/files/train.py") ==
                   "print()");
        BOOST_TEST((there.state(packages + "/" + request.package + "/files/lib").st_mode & 0777) ==
                   0555U);
    }
    // Once there, a stream is read to its end and changes nothing.
    receiving_job again(there, request);
    again.script.file(a_file("train.py"), "other");
    BOOST_TEST(!again.end().failed());
    BOOST_TEST(again.told().acks.back().content == again.script.content_bytes);
    BOOST_TEST(there.content(packages + "/def/files/train.py") == "print()");
    BOOST_TEST(entries_below(packages) == 10U);
    for (const std::string name : {"../x", "a/b", "..", ".hidden"}) {
        request.package = name;
        receiving_job bad(there, request);
        BOOST_TEST(bad.job.finish().error().code == "bad_input");
    }
}

BOOST_AUTO_TEST_CASE(a_file_of_a_package_that_changed_since_it_was_hashed_is_refused) {
    agent_machine there;
    const auto packages = there.context.machine.cache_directory + "/packages";
    auto later = a_file("train.py", 7);
    later.mtime_ns += 1;
    for (const auto& [sent, content] :
         {std::pair(a_file("train.py"), "longer than that"), std::pair(later, "print()")}) {
        protocol::receive_runs request;
        request.package = "abc";
        receiving_job to(there, request);
        to.script.whole(to.script.order(a_file("train.py", 7)), sent, content);
        BOOST_TEST(to.job.finish().error().code == "conflict");
        BOOST_TEST(!fs::exists(packages + "/abc"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
