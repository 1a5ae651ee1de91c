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
                    "a,b": {"type": "local"}, "star*": {"type": "local"}
                },
                "groups": {
                    "lab": ["box", "gpu*"], "more": ["@lab", "gpu1"], "one": "box",
                    "ring": ["@ring2"], "ring2": ["@ring"], "odd": {"x": 1}, "odder": [1]
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

// The names with spaces between, '+' before them where the text names several; or the error.
std::string found(const std::string& text) {
    const auto names = find_remote_names(
        settings(), remote_types({&type_named("ssh"), &type_named("local")}), text);
    if (!names) {
        return names.error().context.substr(0, names.error().context.find('\n'));
    }
    std::string out = names->several ? "+" : "";
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

BOOST_AUTO_TEST_SUITE_END()
