#include "transports/ssh/host_key_check.hpp"
#include "transports/ssh/known_hosts.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace outrider;
using namespace outrider::ssh;

namespace {

using kind = host_key_verdict::kind;
constexpr const char* key_a = "QUFBQQ==";
constexpr const char* key_b = "QkJCQg==";

} // namespace

BOOST_AUTO_TEST_SUITE(known_hosts)

BOOST_AUTO_TEST_CASE(names_are_matched_as_openssh_does) {
    const struct {
        const char* names;
        const char* name;
        bool matches;
    } rows[] = {
        {"gpu1", "gpu1", true},
        {"gpu1", "GPU1", true},
        {"GPU1", "gpu1", true},
        {"gpu1", "gpu10", false},
        {"gpu?,!gpu3", "gpu2", true},
        {"gpu?,!gpu3", "gpu3", false},
        {"!gpu3", "gpu2", false},
        {"*.example.org", "a.b.example.org", true},
        {"*", "anything", true},
        {"a,b,c", "b", true},
        {"[h]:2222", "[h]:2222", true},
        {"[h]:2222", "h", false},
        {"[*]:2222", "[h]:2222", true},
        {"", "h", false},
        {"|1|RLtMACJYYt2Fa1fpiNvsidh2PuA=|0MjZbj8Tal0su1Vx6IAvD3HecYo=", "gpu1.example.org",
         true}, // by ssh-keygen -H
        {"|1|RLtMACJYYt2Fa1fpiNvsidh2PuA=|0MjZbj8Tal0su1Vx6IAvD3HecYo=", "gpu2.example.org", false},
        {"|1|not base64|x", "gpu1", false},
        {"|1|", "gpu1", false},
    };
    for (const auto& row : rows) {
        BOOST_TEST(names_match(row.names, row.name) == row.matches,
                   row.names << " and " << row.name);
    }
}

BOOST_AUTO_TEST_CASE(hashed_names_are_those_of_their_name_only) {
    const std::string hashed = hashed_name("[Gpu1]:2222");
    BOOST_TEST(hashed.starts_with("|1|"));
    BOOST_TEST(names_match(hashed, "[gpu1]:2222"));
    BOOST_TEST(!names_match(hashed, "gpu1"));
    BOOST_TEST(hashed != hashed_name("[Gpu1]:2222")); // the salt differs
}

BOOST_AUTO_TEST_CASE(lines_are_read_with_their_numbers_and_nonsense_is_skipped) {
    const auto entries = parse_known_hosts("# a comment\n\n"
                                           "gpu1,10.0.0.1 ssh-ed25519 QUFBQQ== a comment\r\n"
                                           "@revoked * ssh-rsa QkJCQg==\n"
                                           "@cert-authority *.org ssh-rsa QkJCQg==\n"
                                           "@unheard-of * ssh-rsa QkJCQg==\n"
                                           "gpu2 ssh-rsa !!!\ngpu3\n"
                                           "\tgpu4\tssh-rsa\tQkJCQg==",
                                           "FILE");
    BOOST_REQUIRE_EQUAL(entries.size(), 4U);
    BOOST_TEST(entries[0].names == "gpu1,10.0.0.1");
    BOOST_TEST(entries[0].type == "ssh-ed25519");
    BOOST_TEST(entries[0].key == key_a);
    BOOST_TEST(entries[0].line == 3U);
    BOOST_TEST(entries[0].file == "FILE");
    BOOST_CHECK(entries[1].marker == known_host::mark::revoked);
    BOOST_CHECK(entries[2].marker == known_host::mark::authority);
    BOOST_TEST(entries[3].names == "gpu4");
    BOOST_TEST(entries[3].line == 9U);
}

BOOST_AUTO_TEST_CASE(a_key_is_judged_by_all_entries_of_its_machine) {
    const struct {
        const char* records;
        kind verdict;
        std::size_t line;
    } rows[] = {
        {"", kind::unknown, 0},
        {"other t QUFBQQ==\n", kind::unknown, 0},
        {"h t QUFBQQ==\n", kind::match, 1},
        {"h t QkJCQg==\nh t QUFBQQ==\n", kind::match, 2},
        {"h t QkJCQg==\n", kind::changed, 1},
        {"h u QkJCQg==\n", kind::changed, 1},
        {"h u QkJCQg==\nh t QkJCQg==\n", kind::changed, 2},
        {"h t QUFBQQ==\n@revoked * t QUFBQQ==\n", kind::revoked, 2},
        {"@revoked * t QkJCQg==\n", kind::unknown, 0},
        {"@cert-authority h t QkJCQg==\n", kind::unknown, 0},
        {"@cert-authority h t QkJCQg==\nh t QUFBQQ==\n", kind::match, 2},
        {"*,!h t QUFBQQ==\n", kind::unknown, 0},
    };
    for (const auto& row : rows) {
        const auto verdict = judge_host_key(parse_known_hosts(row.records, "f"), "h", "t", key_a);
        BOOST_TEST((verdict.what == row.verdict), row.records);
        BOOST_TEST(verdict.record.line == row.line, row.records);
    }
    std::ignore = key_b; // stands in the rows
}

BOOST_AUTO_TEST_CASE(the_name_on_record_carries_port_or_alias) {
    BOOST_TEST(host_key_name("Gpu1", 22, "") == "gpu1");
    BOOST_TEST(host_key_name("gpu1", 2222, "") == "[gpu1]:2222");
    BOOST_TEST(host_key_name("fe80::1", 2222, "") == "[fe80::1]:2222");
    BOOST_TEST(host_key_name("gpu1", 2222, "Farm") == "farm");
}

BOOST_AUTO_TEST_CASE(fingerprints_read_as_those_of_ssh_keygen) {
    // echo -n AAAA | openssl dgst -sha256 -binary | base64, without its padding
    BOOST_TEST(fingerprint(key_a) == "SHA256:Y8HdlR/+329/2WitTvo5uO1YTxYvRucVEU7hhPjekgE");
}

BOOST_AUTO_TEST_CASE(recorded_key_types_are_offered_first_and_within_bounds) {
    BOOST_TEST(offered_host_keys({"ssh-rsa"}, "").starts_with("rsa-sha2-512,rsa-sha2-256,"));
    BOOST_TEST(offered_host_keys({"ecdsa-sha2-nistp256", "ssh-dss"}, "")
                   .starts_with("ecdsa-sha2-nistp256,ssh-ed25519,"));
    BOOST_TEST(offered_host_keys({"ssh-rsa"}, "ssh-ed25519,rsa-sha2-256") ==
               "rsa-sha2-256,ssh-ed25519");
    BOOST_TEST(offered_host_keys({}, "ssh-dss").empty());
}

BOOST_AUTO_TEST_CASE(the_remotes_own_policy_outweighs_the_configuration) {
    using policy = host_key_policy;
    const struct {
        policy own;
        const char* configured;
        policy effective;
    } rows[] = {{policy::strict, "no", policy::strict},
                {policy::accept_new, "yes", policy::accept_new},
                {policy::ask, "no", policy::ask},
                {policy::inherit, "yes", policy::strict},
                {policy::inherit, "true", policy::strict},
                {policy::inherit, "ask", policy::ask},
                {policy::inherit, "", policy::ask},
                {policy::inherit, "accept-new", policy::accept_new},
                {policy::inherit, "no", policy::accept_new},
                {policy::inherit, "false", policy::accept_new}};
    for (const auto& row : rows) {
        BOOST_TEST((effective_policy(row.own, row.configured) == row.effective), row.configured);
    }
}

BOOST_AUTO_TEST_SUITE_END()
