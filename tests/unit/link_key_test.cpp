// Which differences of two remotes make links of their own.
#include "engine/remotes/link_pool.hpp"

#include <boost/mp11.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

using namespace outrider;

namespace {

// Another value than the default.
void alter(std::string& value) {
    value += "other";
}
void alter(bool& value) {
    value = !value;
}
void alter(std::map<std::string, std::string>& value) {
    value["key"] = "other";
}

/// Keys whose edit leaves the link as it is.
std::set<std::string> keys_of_no_matter() {
    std::set<std::string> out;
    using members = boost::describe::describe_members<remote, boost::describe::mod_public>;
    boost::mp11::mp_for_each<members>([&](auto member) {
        remote other;
        alter(other.*member.pointer);
        if (link_key(other) == link_key(remote())) {
            out.insert(member.name);
        }
    });
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(link_keys)

BOOST_AUTO_TEST_CASE(only_what_commands_do_there_makes_no_other_link) {
    const std::set<std::string> expected{"conda_env", "description",    "downloads_here",
                                         "init",      "use_prerelease", "venv_activate",
                                         "venv_path"};
    BOOST_TEST(keys_of_no_matter() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_link_knows_nothing_that_may_change_while_it_lives) {
    remote to{.name = "gpu1", .type = "ssh", .address = "h"};
    to.venv_activate = "module load python";
    to.init = "apt-get update";
    BOOST_TEST(link_part(to).activation() == "");
    BOOST_TEST(link_part(to).init == "");
    BOOST_TEST(link_part(to).address == "h");
}

BOOST_AUTO_TEST_SUITE_END()
