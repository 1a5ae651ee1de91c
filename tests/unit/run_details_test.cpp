#include "engine/commands/choosing/run_details.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace outrider;

namespace {

using texts = std::vector<std::string>;

protocol::run_facts facts_with(std::map<std::string, std::string> attributes) {
    return {.id = "abc",
            .directory = "/h/runs/abc",
            .opref = "guildfile:/p/guild.yml 12 '' train",
            .attributes = std::move(attributes)};
}

std::string flags_of(const std::vector<flag_shown>& flags) {
    std::string out;
    for (const auto& flag : flags) {
        out += flag.name + ": " + flag.value + "; ";
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_details)

BOOST_AUTO_TEST_CASE(a_run_comes_from_a_package_with_version_or_from_a_file) {
    const std::pair<const char*, const char*> cases[] = {
        {"guildfile:/p/guild.yml 12 '' train", "/p/guild.yml"},
        {"package:gpkg.hello 0.1 '' hello-op", "gpkg.hello==0.1"},
        {"builtin:guildai 0.9.1 '' queue", "guildai==0.9.1"},
        {"script:/p '' '' train.py", "/p"},
        {"pending:? ? ? sleep", "?"},
        {"nonsense", ""}};
    for (const auto& [opref, from] : cases) {
        auto facts = facts_with({});
        facts.opref = opref;
        BOOST_TEST(detail_of(facts).from == from, opref);
        BOOST_TEST(detail_of(facts).opref == opref);
    }
}

BOOST_AUTO_TEST_CASE(flags_stand_in_natural_order_with_values_as_yaml) {
    const auto detail = detail_of(facts_with(
        {{"flags", "b10: yes\nb9: 0.10\na: [1, two]\nmsg: Hello you\nnone: null\nnumber: '1'\n"}}));
    BOOST_TEST(flags_of(detail.flags) ==
               "a: [1, two]; b9: 0.1; b10: yes; msg: Hello you; none: null; number: '1'; ");
    BOOST_TEST(detail_of(facts_with({{"flags", "- 1\n"}})).flags.empty());
    BOOST_TEST(detail_of(facts_with({{"flags", "{: ["}})).flags.empty());
}

BOOST_AUTO_TEST_CASE(comments_keep_their_order_and_lack_nothing_but_what_is_missing) {
    const auto detail = detail_of(facts_with(
        {{"comments", "- body: one\n  host: h\n  time: 5\n  user: u\n- body: two\n- 3\n"}}));
    BOOST_REQUIRE(detail.comments.size() == 3U);
    BOOST_TEST(detail.comments[0].body == "one");
    BOOST_TEST(detail.comments[0].host == "h");
    BOOST_TEST(detail.comments[0].user == "u");
    BOOST_TEST(detail.comments[0].time_us == 5);
    BOOST_TEST(detail.comments[1].body == "two");
    BOOST_TEST(detail.comments[2].body.empty());
}

BOOST_AUTO_TEST_CASE(dependencies_are_taken_apart) {
    const auto detail =
        detail_of(facts_with({{"deps", "b:\n"
                                       "  operation:hello:\n"
                                       "    config: 2c84\n"
                                       "    paths:\n"
                                       "    - ../2c84/x\n"
                                       "    uri: operation:hello\n"
                                       "a:\n"
                                       "  file:y: {paths: [y], uri: 'file:y'}\n"}}));
    BOOST_REQUIRE(detail.dependencies.size() == 2U);
    BOOST_TEST(detail.dependencies[0].resource == "a");
    BOOST_TEST(detail.dependencies[0].source == "file:y");
    BOOST_TEST(detail.dependencies[1].config == "2c84");
    BOOST_TEST(detail.dependencies[1].uri == "operation:hello");
    BOOST_TEST(detail.dependencies[1].paths == texts{"../2c84/x"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_rest_is_read_where_it_is_there) {
    const auto empty = detail_of(facts_with({}));
    BOOST_TEST(empty.command.empty());
    BOOST_TEST(empty.environment.empty());
    BOOST_TEST(empty.op.empty());
    const auto detail = detail_of(facts_with({{"cmd", "- python\n- ''\n- 1\n"},
                                              {"env", "A: b\nN: 1\n"},
                                              {"plugins", "- cpu\n- gpu\n"},
                                              {"op", "x: 1\n"},
                                              {"sourcecode_digest", "12ab\n"},
                                              {"vcs_commit", "git:12*\n"},
                                              {"label", "first\n"}}));
    BOOST_TEST(detail.command == (texts{"python", "", "1"}), boost::test_tools::per_element());
    BOOST_TEST(detail.environment.at("A") == "b");
    BOOST_TEST(detail.environment.at("N") == "1");
    BOOST_TEST(detail.plugins == (texts{"cpu", "gpu"}), boost::test_tools::per_element());
    BOOST_TEST(detail.op == "x: 1\n");
    BOOST_TEST(detail.sourcecode_digest == "12ab");
    BOOST_TEST(detail.vcs_commit == "git:12*");
    BOOST_TEST(detail.row.label == "first");
    BOOST_TEST(detail.row.operation == "train");
    const auto names = detail_attributes();
    for (const char* needed : {"started", "label", "tags", "cmd", "flags", "comments"}) {
        BOOST_TEST((std::ranges::find(names, needed) != names.end()), needed);
    }
}

BOOST_AUTO_TEST_CASE(a_manifest_lists_sources_and_dependencies) {
    run_detail detail;
    add_manifest(detail, "s train10.py 12ab train10.py\n"
                         "s train9.py 12ab train9.py\n"
                         "d 'my data.csv' - file:data.csv\n"
                         "i internal 12 x\n"
                         "s 'open\n"
                         "s\n"
                         "s last.py 12 last.py");
    BOOST_TEST(detail.manifest_sourcecode == (texts{"last.py", "train9.py", "train10.py"}),
               boost::test_tools::per_element());
    BOOST_TEST(detail.manifest_dependencies == texts{"my data.csv"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
