#include "transports/ssh/host_differences.hpp"
#include "transports/ssh/name_pattern.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider::ssh;

namespace {

bool share(std::string_view file, const std::string& one, const std::string& other) {
    host_differences differences;
    differences.read(file);
    const auto first = differences.class_of(one);
    return first && first == differences.class_of(other);
}

} // namespace

BOOST_AUTO_TEST_SUITE(host_differences_of_a_configuration)

BOOST_AUTO_TEST_CASE(hosts_that_no_pattern_tells_apart_share_an_answer) {
    BOOST_TEST(share("", "a", "b"));
    BOOST_TEST(share("# Host a\nUser ann\nHost *\n  Port 9\nMatch all\nUser bob\n", "a", "b"));
    BOOST_TEST(share("Host gpu*\n  User ann\n", "gpu1", "gpu2"));
    BOOST_TEST(
        share("Host *.lab\n  ProxyCommand nc %h %p\n  ControlPath ~/%C\n", "a.lab", "b.lab"));
    BOOST_TEST(share("Host gpu*\n  ProxyJump gate\n", "gpu1", "gpu2"));
    BOOST_TEST(share("", "10.0.0.1", "10.0.0.2"));
}

BOOST_AUTO_TEST_CASE(hosts_that_a_pattern_tells_apart_do_not) {
    BOOST_TEST(!share("Host a\n User ann\n", "a", "b"));
    BOOST_TEST(!share("hOsT=a\r\n User ann\r\n", "a", "b"));
    BOOST_TEST(!share("Host = c a\n User ann\n", "a", "b"));
    BOOST_TEST(!share("Host * !a\n User ann\n", "a", "b"));
    BOOST_TEST(!share("Host ?\n User ann\n", "a", "bb"));
    BOOST_TEST(!share("\tHost\tx*z\n User ann\n", "xyz", "xy"));
}

BOOST_AUTO_TEST_CASE(whatever_is_not_foreseen_makes_each_host_ask_for_itself) {
    for (const char* file :
         {"Match host a\n User ann\n", "match exec true\n", "Match final all\n", "Host \"a\"\n",
          "\"Host\" a\n", "HostName %h.lab\n", "HostName \"x\"\n", "IdentityFile ~/.ssh/%h\n",
          "CanonicalizeHostname yes\n", "Include %h\n", "HostKeyAlias=%n\n"}) {
        BOOST_TEST(!share(file, "a", "b"), file);
    }
}

BOOST_AUTO_TEST_CASE(a_host_whose_name_the_answer_may_not_tell_asks_for_itself) {
    BOOST_TEST(!share("Host a b\n HostName A\n", "a", "b"));
    BOOST_TEST(!share("ProxyJump ann@a:22\n", "a", "a"));
    for (const char* host : {"A", "127.1", "0x7f.1", "1.2.3.0x4", "010.0.0.1", "::1", "ann@a", "a.",
                             "ssh://a", "7", ""}) {
        BOOST_TEST(!share("", host, host), host);
    }
}

BOOST_AUTO_TEST_CASE(patterns_match_as_in_ssh) {
    BOOST_TEST(matches_pattern("", ""));
    BOOST_TEST(matches_pattern("abc", "*"));
    BOOST_TEST(matches_pattern("abc", "a*c"));
    BOOST_TEST(matches_pattern("abcbc", "a*bc*"));
    BOOST_TEST(matches_pattern("abc", "a?c**"));
    BOOST_TEST(!matches_pattern("abc", "a?"));
    BOOST_TEST(!matches_pattern("abc", "a*d"));
    BOOST_TEST(!matches_pattern("", "?"));
    BOOST_TEST(!matches_pattern("abc", ""));
    BOOST_TEST(!matches_pattern("abc", "A*"));
    BOOST_TEST(matches_in_any_case("aBc", "A*C"));
    BOOST_TEST(!matches_pattern(std::string(200, 'a'), "*a*a*a*a*a*a*a*a*a*a*a*a*b"));
}

BOOST_AUTO_TEST_CASE(the_files_that_ssh_read_are_told_only_when_all_it_says_is_there) {
    const auto files = files_read("OpenSSH_9.2p1 Debian\r\n"
                                  "debug1: Reading configuration data /etc/ssh/ssh_config\r\n"
                                  "debug1: /etc/ssh/ssh_config line 21: Applying options for *\r\n"
                                  "debug1: Reading configuration data /etc/my conf\r\n");
    BOOST_REQUIRE(files.has_value());
    BOOST_REQUIRE_EQUAL(files->size(), 2U);
    BOOST_TEST(files->front() == "/etc/ssh/ssh_config");
    BOOST_TEST(files->back() == "/etc/my conf");
    BOOST_TEST(!files_read("").has_value());
    BOOST_TEST(!files_read("g options for *\ndebug1: Reading configuration data /x\n").has_value());
}

BOOST_AUTO_TEST_CASE(an_answer_is_made_into_another_hosts) {
    BOOST_TEST(answer_for_another("user a\nhostname a\nport 22\n", "a", "b") ==
               "user a\nhostname b\nport 22\n");
    BOOST_TEST(answer_for_another("hostname fixed\n", "a", "b") == "hostname fixed\n");
}

BOOST_AUTO_TEST_SUITE_END()
