#include "transports/ssh/child_ssh.hpp"
#include "transports/ssh/failed_try.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider::ssh;
using stage = failed_try::stage;

BOOST_AUTO_TEST_SUITE(failed_tries)

BOOST_AUTO_TEST_CASE(what_passes_by_itself_is_tried_again_and_nothing_else) {
    const struct {
        const char* what;
        failed_try tried;
        bool again;
    } rows[] = {
        {"nobody listens", {.at = stage::connecting, .refused = true}, false},
        {"a full server refuses",
         {.at = stage::connecting, .refused = true, .others_succeed = true},
         true},
        {"no route", {.at = stage::connecting}, false},
        {"no route, for this one only", {.at = stage::connecting, .others_succeed = true}, false},
        {"reset while connecting", {.at = stage::connecting, .dropped = true}, true},
        {"the jump host's session broke", {.at = stage::connecting, .carrier_lost = true}, true},
        {"closed without a word", {.at = stage::greeting, .dropped = true}, true},
        {"turned away in words",
         {.at = stage::greeting, .dropped = true, .greeting = "Exceeded MaxStartups"},
         true},
        {"turned away, through a program",
         {.at = stage::greeting,
          .dropped = true,
          .by_program = true,
          .greeting = "Exceeded MaxStartups"},
         true},
        {"banned",
         {.at = stage::greeting, .dropped = true, .greeting = "Not allowed at this time"},
         false},
        {"another protocol",
         {.at = stage::greeting, .dropped = true, .greeting = "220 mail ESMTP"},
         false},
        {"the proxy ended", {.at = stage::greeting, .dropped = true, .by_program = true}, false},
        {"the proxy ended, others' did not",
         {.at = stage::greeting, .dropped = true, .by_program = true, .others_succeed = true},
         true},
        {"the proxy ended and said why",
         {.at = stage::greeting,
          .dropped = true,
          .by_program = true,
          .complained = true,
          .others_succeed = true},
         false},
        {"silence", {.at = stage::greeting}, false},
        {"reset amid the key exchange",
         {.at = stage::key_exchange, .dropped = true, .greeting = "SSH-2.0-OpenSSH_9.2"},
         true},
        {"no common algorithm",
         {.at = stage::key_exchange, .greeting = "SSH-2.0-OpenSSH_9.2"},
         false},
        {"a wrong host key or login",
         {.at = stage::later, .dropped = true, .carrier_lost = true, .others_succeed = true},
         false},
    };
    for (const auto& row : rows) {
        BOOST_TEST(worth_another_try(row.tried) == row.again, row.what);
    }
}

BOOST_AUTO_TEST_CASE(the_librarys_words_tell_a_drop_from_an_error) {
    const std::pair<const char*, bool> rows[] = {
        {"gpu1: key exchange: Socket error: Connection reset by peer", true},
        {"gpu1: key exchange: Socket error: disconnected", true},
        {"gpu1: key exchange: the connection was closed", true},
        {"gpu1: key exchange: Received SSH_MSG_DISCONNECT: 12:Too many connections", true},
        {"gpu1: key exchange: Received SSH_MSG_DISCONNECT: 2:Protocol error", false},
        {"gpu1: key exchange: kex error : no match for method kex algos", false},
        {"gpu1: key exchange: Invalid banner", false}};
    for (const auto& [text, dropped] : rows) {
        BOOST_TEST(tells_of_a_drop(text) == dropped, text);
    }
}

BOOST_AUTO_TEST_CASE(the_words_of_a_child_tell_the_same) {
    const std::pair<const char*, bool> rows[] = {
        {"kex_exchange_identification: Connection closed by remote host", true},
        {"kex_exchange_identification: read: Connection reset by peer", true},
        {"kex_exchange_identification: banner line 0: Not allowed at this time", false},
        {"ssh: connect to host h port 22: Connection refused", false},
        {"ssh: connect to host h port 22: No route to host", false},
        {"ann@h: Permission denied (publickey).", false}};
    for (const auto& [words, again] : rows) {
        BOOST_TEST(worth_another_try(failed_child(words)) == again, words);
    }
    auto refused = failed_child("ssh: connect to host h port 22: Connection refused");
    refused.others_succeed = true;
    BOOST_TEST(worth_another_try(refused));
}

BOOST_AUTO_TEST_SUITE_END()
