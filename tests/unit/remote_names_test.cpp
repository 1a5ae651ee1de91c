#include "engine/config/remote_names.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

config settings() {
    return {.path = "/home/ann/.guild/config.yml",
            .data = boost::json::parse(R"({
                "remotes": {
                    "gpu1": {"type": "ssh", "host": "h"}, "gpu2": {"type": "ssh", "host": "h"},
                    "box": {"type": "local"}, "bucket": {"type": "s3"},
                    "a,b": {"type": "local"}, "star*": {"type": "local"},
                    "some": {"type": "pool", "remotes": ["gpu*", "box", "gpu1"]},
                    "both": {"type": "pool", "remotes": ["some", "a,b"]},
                    "word": {"type": "pool", "remotes": "@lab"},
                    "none": {"type": "pool"}, "empty": {"type": "pool", "remotes": []},
                    "snake": {"type": "pool", "remotes": ["gpu1", "tail"]},
                    "tail": {"type": "pool", "remotes": ["snake"]},
                    "wrong": {"type": "pool", "remotes": {"gpu1": 1}}
                },
                "groups": {
                    "lab": ["box", "gpu*"], "more": ["@lab", "gpu1"], "one": "box",
                    "pools": ["some", "box"], "ring": ["@ring2"], "ring2": ["@ring"], "odd": {"x": 1}, "odder": [1]
                }})")
                        .as_object(),
            .home = "/home/ann",
            .environment = {}};
}

const remote_type& type_named(const char* name) {
    static std::map<std::string, remote_type> all;
    remote_type& type = all[name];
    type.name = name;
    return type;
}

// The names with spaces between, '+' before them where the text names several, '?' where it is a
// pool, '!' where one is among them; or the error.
std::string found(const std::string& text) {
    const auto names = find_remote_names(
        settings(), remote_types({&type_named("ssh"), &type_named("local")}), text);
    if (!names) {
        return names.error().context.substr(0, names.error().context.find('\n'));
    }
    std::string out = names->several ? "+" : "";
    if (!names->pool.empty()) {
        BOOST_TEST(names->pool == text);
        out = "?";
    }
    out += names->inner_pool.empty() ? "" : "!";
    for (const auto& each : names->names) {
        out += each + " ";
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(names_of_remotes)

BOOST_AUTO_TEST_CASE(one_name_is_itself_whether_it_is_defined_or_not) {
    BOOST_TEST(found("gpu1") == "gpu1 ");
    BOOST_TEST(found("nobody") == "nobody ");
    BOOST_TEST(found("ssh:ann@host:22") == "ssh:ann@host:22 ");
}

BOOST_AUTO_TEST_CASE(an_exact_name_wins) {
    BOOST_TEST(found("a,b") == "a,b ");
    BOOST_TEST(found("star*") == "star* ");
}

BOOST_AUTO_TEST_CASE(lists_patterns_and_groups_name_several_each_once) {
    BOOST_TEST(found("gpu2,gpu1,gpu2") == "+gpu2 gpu1 ");
    BOOST_TEST(found("gpu1,") == "+gpu1 ");
    BOOST_TEST(found("gpu?") == "+gpu1 gpu2 ");
    BOOST_TEST(found("@lab") == "+box gpu1 gpu2 ");
    BOOST_TEST(found("@one") == "+box ");
    BOOST_TEST(found("gpu2,@more") == "+gpu2 box gpu1 ");
    BOOST_TEST(found("ssh:ann@host,gpu1") == "+ssh:ann@host gpu1 ");
}

BOOST_AUTO_TEST_CASE(all_are_those_that_can_be_reached) {
    BOOST_TEST(found("all") == "+a,b box gpu1 gpu2 star* ");
}

BOOST_AUTO_TEST_CASE(what_names_nothing_is_an_error) {
    BOOST_TEST(found("cpu*") == "no remote matches 'cpu*'");
    BOOST_TEST(found("@none") == "group none is not defined");
    BOOST_TEST(found(",") == "no remote is named by ','");
    BOOST_TEST(found("@ring") == "/home/ann/.guild/config.yml: group ring contains itself");
    BOOST_TEST(found("@odd") == "/home/ann/.guild/config.yml: group odd must be a list of names");
    BOOST_TEST(found("@odder") ==
               "/home/ann/.guild/config.yml: group odder must be a list of names");
}

BOOST_AUTO_TEST_CASE(a_pool_is_its_members_each_once_of_which_one_is_chosen) {
    BOOST_TEST(found("some") == "?gpu1 gpu2 box ");
    BOOST_TEST(found("both") == "?gpu1 gpu2 box a,b ");
    BOOST_TEST(found("word") == "?box gpu1 gpu2 ");
    BOOST_TEST(found("any:gpu2,box") == "?gpu2 box ");
    BOOST_TEST(found("any:@lab") == "?box gpu1 gpu2 ");
    BOOST_TEST(found("any:some,a*") == "?gpu1 gpu2 box a,b ");
}

BOOST_AUTO_TEST_CASE(a_pool_among_others_is_told) {
    BOOST_TEST(found("some,ssh:ann@host") == "+!gpu1 gpu2 box ssh:ann@host ");
    BOOST_TEST(found("@pools") == "+!gpu1 gpu2 box ");
}

BOOST_AUTO_TEST_CASE(a_pool_that_makes_no_sense_is_an_error) {
    const std::string file = "/home/ann/.guild/config.yml: ";
    BOOST_TEST(found("none") == file + "pool none has no remotes");
    BOOST_TEST(found("empty") == file + "pool empty has no remotes");
    BOOST_TEST(found("snake") == file + "pool snake contains itself");
    BOOST_TEST(found("wrong") == file + "pool wrong must be a list of names");
    BOOST_TEST(found("any:") == "no remote is named by 'any:'");
    BOOST_TEST(found("any:cpu*") == "no remote matches 'cpu*'");
}

BOOST_AUTO_TEST_SUITE_END()
