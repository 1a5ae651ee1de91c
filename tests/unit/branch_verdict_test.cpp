#include "engine/commands/several/branch_verdict.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

branch_end done(const char* remote, std::optional<std::int64_t> exit_status = {}) {
    return {.remote = remote, .error = {}, .exit_status = exit_status};
}

branch_end failing(const char* remote, errc kind) {
    return {.remote = remote, .error = failure(kind, "why"), .exit_status = {}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_end_on_several_remotes)

BOOST_AUTO_TEST_CASE(all_did_it) {
    BOOST_TEST(!branch_verdict({done("a"), done("b")}).value().has_value());
    BOOST_TEST(branch_verdict({done("a", 0), done("b", 3), done("c", 4)}).value().value() == 4);
    BOOST_TEST(branch_verdict({done("a"), done("b", 3), done("c")}).value().value() == 3);
}

BOOST_AUTO_TEST_CASE(some_unreachable_ones_are_named_and_counted) {
    const auto some = branch_verdict(
        {done("a"), failing("b", errc::connect_failed), failing("c", errc::authentication_failed)});
    BOOST_TEST((some.error().kind() == errc::unreachable_in_part));
    BOOST_TEST(some.error().context == "2 of 3 unreachable: b, c");
}

BOOST_AUTO_TEST_CASE(nobody_reached_is_a_failure_to_connect) {
    const auto none = branch_verdict({failing("b", errc::timed_out)});
    BOOST_TEST((none.error().kind() == errc::connect_failed));
    BOOST_TEST(none.error().context == "1 of 1 unreachable: b");
}

BOOST_AUTO_TEST_CASE(a_failure_counts_more_than_an_unreachable_remote) {
    const auto both = branch_verdict(
        {failing("a", errc::not_found), done("b"), failing("c", errc::host_key_changed)});
    BOOST_TEST((both.error().kind() == errc::failed_in_part));
    BOOST_TEST(both.error().context == "1 of 3 failed: a; 1 of 3 unreachable: c");
}

BOOST_AUTO_TEST_CASE(an_exit_status_counts_more_than_an_unreachable_remote) {
    const auto both = branch_verdict({done("a", 5), failing("b", errc::timed_out), done("c", 0)});
    BOOST_TEST((both.error().kind() == errc::failed_in_part));
    BOOST_TEST(both.error().context ==
               "1 of 3 unreachable: b; the highest exit status of the others is 5");
    BOOST_TEST((branch_verdict({done("a", 0), failing("b", errc::timed_out)}).error().kind() ==
                errc::unreachable_in_part));
}

BOOST_AUTO_TEST_CASE(who_did_not_answer_is_named_beside_what_was_not_found) {
    const failure missing(errc::not_found, "no such run");
    BOOST_TEST(with_silent_ones(missing, {done("a")}).context == "no such run");
    const auto told = with_silent_ones(missing, {done("a"), failing("b", errc::timed_out)});
    BOOST_TEST(told.context == "no such run (1 of 2 unreachable: b)");
    BOOST_TEST((told.kind() == errc::not_found));
}

BOOST_AUTO_TEST_CASE(what_a_person_did_needs_no_list) {
    for (const auto kind : {errc::aborted, errc::cancelled}) {
        const auto ended = branch_verdict({failing("a", kind), failing("b", errc::timed_out)});
        BOOST_TEST((ended.error().kind() == kind));
    }
}

BOOST_AUTO_TEST_SUITE_END()
