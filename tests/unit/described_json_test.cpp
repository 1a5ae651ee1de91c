#include "engine/json/described_json.hpp"
#include "engine/json/sparse_json.hpp"
#include "engine/protocol/messages.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::string_literals;
using namespace outrider;
using namespace outrider::protocol;

BOOST_AUTO_TEST_SUITE(described_json)

BOOST_AUTO_TEST_CASE(a_struct_survives_the_way_there_and_back) {
    run_facts facts;
    facts.id = "0123";
    facts.attributes["label"] = "bytes \xff\x01 and \0 zero"s;
    facts.remote_lock = "lab";
    facts.supervisor = process_state::gone;
    facts.operation_pid = 7;
    const auto back = decode<run_facts>(encode(facts));
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST(back->attributes.at("label") == facts.attributes.at("label"));
    BOOST_TEST(back->remote_lock.value() == "lab");
    BOOST_TEST(!back->lock.has_value());
    BOOST_CHECK(back->supervisor == process_state::gone);
    BOOST_TEST(back->operation_pid == 7);
}

BOOST_AUTO_TEST_CASE(unknown_members_are_ignored_and_missing_ones_keep_their_default) {
    const auto got = decode<stop_run>(R"({"run_id": "a", "new_in_next_version": [1]})");
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->run_id == "a");
    BOOST_TEST(got->timeout_ms == 30'000);
}

BOOST_AUTO_TEST_CASE(a_wrong_type_is_a_failure) {
    for (const char* text : {R"({"run_id": 1})", R"({"force": "yes"})", R"({"timeout_ms": 1.5})",
                             R"([])", "", "{", R"({"timeout_ms": 99999999999999999999})"}) {
        const auto got = decode<stop_run>(text);
        BOOST_REQUIRE_MESSAGE(got.has_error(), text);
        BOOST_CHECK(got.error().kind() == errc::protocol_violation);
    }
    BOOST_TEST(decode<file_entry>(R"({"mode": -1})").has_error());
    BOOST_TEST(decode<file_entry>(R"({"type": "socket"})").has_error());
}

BOOST_AUTO_TEST_CASE(what_is_left_out_of_sparse_json_comes_back_as_its_default) {
    const run_facts plain{.id = "r", .directory = "/d"};
    run_facts full{.id = "r\"1", .directory = "/d\\", .opref = "a\xff\n"};
    full.attributes = {{"label", "x"}, {"empty", ""}};
    full.pending = full.staged = full.terminated_remote = true;
    full.remote_lock = "";
    full.lock = "12";
    full.operation = full.supervisor = full.starter = process_state::alive;
    full.operation_pid = -7;
    full.owner_host = "box";
    full.reason = end_reason{.kind = "signal", .detail = ""};
    full.job = job_facts{.id = "12", .state = "RUNNING", .node = "n1", .attempt = 1};
    BOOST_TEST(json::serialize(to_sparse_json(plain)) == R"({"id":"r","directory":"/d"})");
    BOOST_TEST(json::serialize(to_sparse_json(full)) == encode(full));
    for (const auto& facts : {run_facts{}, plain, full}) {
        const auto read = decode<run_facts>(json::serialize(to_sparse_json(facts)));
        BOOST_REQUIRE_MESSAGE(read.has_value(), read.error().context);
        BOOST_TEST(encode(*read) == encode(facts));
    }
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
    BOOST_TEST(parse_json(std::string(100'000, '[')).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
