#include "tests/support/receiving_job.hpp"

using namespace outrider;
using namespace outrider::testing;
using kind = protocol::content_record::kind_type;
using protocol::block_size;

namespace {

constexpr std::int64_t mebi = 1 << 20;

struct hostile_case {
    std::string what;
    std::function<void(content_script&)> play; ///< after the order of `file`, 300,000 bytes
};

const std::string content = noise(300'000);

const std::vector<hostile_case>& hostile_cases() {
    static const auto entry = a_file("file", content.size());
    static const std::vector<hostile_case> all{
        {"another file", [](auto& s) { s.whole(1, entry, "x"); }},
        {"a block without a head", [](auto& s) { s.block(0, "x"); }},
        {"a tail without a head", [](auto& s) { s.tail(""); }},
        {"a head of another file", [](auto& s) { s.head(7, entry, 300'000); }},
        {"the second block first",
         [](auto& s) {
             s.head(0, entry, 300'000);
             s.block(1, content.substr(0, block_size));
         }},
        {"a block twice",
         [](auto& s) {
             s.head(0, entry, 300'000);
             s.block(0, content.substr(0, block_size));
             s.block(0, content.substr(0, block_size));
         }},
        {"a block after a short one",
         [](auto& s) {
             s.head(0, entry, 300'000);
             s.block(0, "short");
             s.block(1, "x");
         }},
        {"more than the head says",
         [](auto& s) {
             s.head(0, entry, 1000);
             s.block(0, content.substr(0, 1001));
         }},
        {"an empty block",
         [](auto& s) {
             s.head(0, entry, 1000);
             s.block(0, "");
         }},
        {"a size beyond reason", [](auto& s) { s.head(0, entry, 600'001 + 256 * mebi); }},
        {"a size beyond everything", [](auto& s) { s.head(0, entry, INT64_MAX); }},
        {"zeros beyond the end",
         [](auto& s) {
             s.head(0, entry, 300'000);
             s.range(kind::zeros, 0, 3);
         }},
        {"endless zeros",
         [](auto& s) {
             s.head(0, entry, 300'000);
             s.range(kind::zeros, 0, INT64_MAX);
         }},
        {"no zeros",
         [](auto& s) {
             s.head(0, entry, 300'000);
             s.range(kind::zeros, 0, 0);
         }},
        {"keeping what is not here",
         [](auto& s) {
             s.head(0, entry, 300'000);
             s.range(kind::keep, 0, 1);
         }},
        {"a tail before the end",
         [](auto& s) {
             s.head(0, entry, 300'000);
             s.block(0, content.substr(0, block_size));
             s.tail(content);
         }},
        {"a wrong hash",
         [](auto& s) {
             auto other = content;
             other[5] ^= 1;
             s.head(0, entry, 300'000);
             for (std::int64_t i = 0; i < 3; ++i) {
                 s.block(i, content.substr(static_cast<std::size_t>(i) * block_size, block_size));
             }
             s.tail(other);
         }},
        {"a wrong hash of a small file",
         [](auto& s) {
             protocol::content_record record;
             record.hash = protocol::hash_block("other");
             record.data = "this";
             s.record(record);
         }},
        {"more than a block",
         [](auto& s) {
             s.head(0, entry, 300'000);
             s.block(0, content.substr(0, block_size + 1));
         }},
        {"nonsense", [](auto& s) { s.raw("cQ123"); }},
        {"half a record", [](auto& s) { s.raw(std::string("cH\x00\x80", 4)); }},
        {"a packet of another kind", [](auto& s) { s.raw("s"); }},
        {"nothing", [](auto& s) { s.raw(""); }},
        {"malformed orders", [](auto& s) { s.raw("o\xff\xff"); }},
        {"a part of no meaning", [](auto& s) { s.part(protocol::ping{}); }},
        {"a run inside a run",
         [](auto& s) {
             s.whole(0, entry, "x");
             s.begin("other");
         }},
        {"the end inside a run",
         [](auto& s) {
             s.whole(0, entry, "x");
             s.end();
         }},
    };
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(receive_hostile)

BOOST_AUTO_TEST_CASE(what_does_not_follow_the_protocol_ends_the_transfer_and_touches_nothing) {
    for (const auto& each : hostile_cases()) {
        BOOST_TEST_CONTEXT(each.what) {
            agent_machine there;
            there.write("file", "mine");
            receiving_job to(there);
            to.begin();
            to.script.order(a_file("file", content.size()));
            each.play(to.script);
            const auto out = to.job.finish();
            BOOST_REQUIRE(out.failed());
            BOOST_TEST(out.error().code == "protocol_violation");
            const bool completed = each.what.find("inside a run") != std::string::npos;
            BOOST_TEST(there.content(there.in_run("file")) == (completed ? "x" : "mine"));
            if (each.what.starts_with("a wrong hash")) {
                BOOST_TEST(entries_below(there.run()) == 1U);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(steps_without_a_run_are_a_violation_of_the_protocol) {
    using play = std::function<void(content_script&)>;
    for (const play& script :
         {play([](auto& s) { s.order(a_file("x")); }), play([](auto& s) { s.finish(); }),
          play([](auto& s) { s.part(protocol::receive_marks{}); }), play([](auto& s) {
              s.whole(0, a_file("x"), "");
              s.end();
          })}) {
        agent_machine there;
        receiving_job to(there);
        script(to.script);
        BOOST_TEST(to.job.finish().error().code == "protocol_violation");
        BOOST_TEST(entries_below(there.run()) == 0U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
