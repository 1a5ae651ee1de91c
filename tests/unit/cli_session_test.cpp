#include "cli/render/renderer.hpp"
#include "cli/session.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace outrider;
using namespace outrider::cli;

namespace {

const invocation asked{.program = "guild", .command_name = "stop"};

// A session over string streams, with what a person types.
struct conversation {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    session between{asked, {}, {.in = in, .out = out, .err = err}};

    explicit conversation(const std::string& typed = {}) : in(typed) {}
};

} // namespace

BOOST_AUTO_TEST_SUITE(cli_session)

BOOST_AUTO_TEST_CASE(the_last_event_decides_the_exit_code_and_the_message) {
    const struct {
        command_ended last;
        int exit_code;
        const char* err;
    } cases[] = {
        {{}, 0, ""},
        {{.exit_status = 0}, 0, ""},
        {{.exit_status = 3}, 3, ""},
        {{.exit_status = -15}, 143, ""},
        {{.error = failure(errc::not_found, "no matching runs")}, 1, "guild: no matching runs\n"},
        {{.error = failure(errc::not_found, "x\nTry '{program} {command} --help'")},
         1,
         "guild: x\nTry 'guild stop --help'\n"},
        {{.error = failure(errc::bad_input, "x"), .exit_status = 3}, 1, "guild: x\n"},
        {{.error = failure(errc::aborted, "gpu1: nobody answered")},
         4,
         "guild: gpu1: nobody answered\n"},
        {{.error = failure(errc::cancelled, "")}, 130, ""},
        {{.error = failure(errc::cancelled, "pull was interrupted")},
         130,
         "guild: pull was interrupted\n"},
    };
    for (const auto& c : cases) {
        conversation talk;
        talk.between.show(c.last);
        BOOST_TEST(talk.between.exit_code() == c.exit_code);
        BOOST_TEST(talk.err.str() == c.err);
        BOOST_TEST(talk.out.str().empty());
    }
}

BOOST_AUTO_TEST_CASE(a_command_that_never_ended_did_not_succeed) {
    const conversation talk;
    BOOST_TEST(talk.between.exit_code() == 1);
}

BOOST_AUTO_TEST_CASE(a_failure_without_words_has_those_of_its_code) {
    BOOST_TEST(error_text(failure(errc::timed_out, ""), asked) !=
               error_text(failure(errc::not_found, ""), asked));
    BOOST_TEST(error_text(failure(errc::timed_out, ""), asked).starts_with("guild: "));
}

BOOST_AUTO_TEST_CASE(answers_are_yes_or_a_silent_end_with_4_or_0_of_a_run) {
    const struct {
        const char* typed;
        question_kind kind;
        bool yes;
    } cases[] = {
        {"y\n", question_kind::stop, true},  {"\n", question_kind::stop, false},
        {"\n", question_kind::run, true},    {"n\n", question_kind::run, false},
        {"\n", question_kind::remove, true}, {"\n", question_kind::remove_permanently, false},
        {"\n", question_kind::pull, true},
    };
    for (const auto& c : cases) {
        conversation talk(c.typed);
        const auto answer = talk.between.answer({.kind = c.kind});
        BOOST_TEST((answer == "yes") == c.yes);
        const auto before = talk.err.str();
        if (!answer) {
            talk.between.show(command_ended{.error = failure(errc::aborted, "aborted")});
            BOOST_TEST(talk.between.exit_code() == (c.kind == question_kind::run ? 0 : 4));
            BOOST_TEST(talk.err.str() == before); // who declined needs no explanation
        }
        BOOST_TEST(talk.out.str().empty());
        BOOST_TEST(!talk.between.asking());
    }
}

BOOST_AUTO_TEST_CASE(the_end_of_input_aborts_with_the_hint_to_use_y) {
    conversation talk;
    BOOST_TEST(!talk.between.answer({.kind = question_kind::pull, .remote = "gpu1"}));
    talk.between.show(command_ended{.error = failure(errc::aborted, "standard input ended")});
    BOOST_TEST(talk.err.str().ends_with("guild: standard input ended; use -y to answer yes\n"));
    BOOST_TEST(talk.between.exit_code() == 4);
}

BOOST_AUTO_TEST_CASE(the_end_of_input_before_a_run_is_as_in_guild) {
    conversation talk;
    BOOST_TEST(!talk.between.answer({.kind = question_kind::run, .operation = "train"}));
    talk.between.show(command_ended{.error = failure(errc::aborted, "standard input ended")});
    BOOST_TEST(talk.err.str() == "You are about to run train\nContinue? (Y/n) \n");
    BOOST_TEST(talk.between.exit_code() == 1);
}

BOOST_AUTO_TEST_CASE(a_project_that_makes_no_sense_is_told_as_guild_does) {
    BOOST_TEST(error_text(failure(errc::bad_project, "error in /p/guild.yml: no"), asked) ==
               "ERROR: error in /p/guild.yml: no\n"
               "guild: guildfile in the current directory contains an error (see above for "
               "details)\n");
}

BOOST_AUTO_TEST_CASE(a_secret_is_given_as_typed) {
    conversation talk("pass word\n");
    const question secret{.kind = question_kind::secret, .text = "Passphrase: ", .echo = true};
    BOOST_TEST(talk.between.answer(secret).value() == "pass word");
    BOOST_TEST(!talk.between.answer(secret));
    BOOST_TEST(talk.err.str() == "Passphrase: Passphrase: \n"
                                 "guild: standard input ended before the answer\n");
}

BOOST_AUTO_TEST_CASE(survivors_of_a_stop_are_named_once_and_end_with_1) {
    const stop_progress left{.run_id = "id1", .done = true, .survivors = {7}};
    conversation talk;
    talk.between.show(left);
    talk.between.show(command_ended{.error = {}, .exit_status = 1});
    BOOST_TEST(talk.between.exit_code() == 1);
    BOOST_TEST(talk.err.str() == "The following processes did not stop as expected: 7\n");
}

BOOST_AUTO_TEST_CASE(signals_become_the_codes_that_shells_use) {
    const struct {
        std::int64_t status;
        int code;
    } cases[] = {{0, 0}, {1, 1}, {255, 255}, {256, 0}, {-2, 130}, {-9, 137}, {-15, 143}};
    for (const auto& c : cases) {
        BOOST_TEST(exit_code_of(c.status) == c.code);
    }
}

BOOST_AUTO_TEST_SUITE_END()
