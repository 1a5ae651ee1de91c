#include "engine/json/described_json.hpp"
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

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
    BOOST_TEST(parse_json(std::string(100'000, '[')).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
