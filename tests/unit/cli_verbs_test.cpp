#include "cli/command_tree.hpp"

#include <boost/mp11.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

using namespace outrider;
using namespace outrider::cli;

namespace mp11 = boost::mp11;

namespace {

// The whole tree of the program.
struct tree {
    tree() { add_commands(app, asked); }

    template <class Visit>
    void for_each_verb(Visit visit) {
        visit_below(app, visit);
    }

    invocation asked{.program = "guild"};
    CLI::App app{program_description, "guild"};

  private:
    template <class Visit>
    static void visit_below(CLI::App& parent, Visit& visit) {
        for (CLI::App* verb : parent.get_subcommands([](CLI::App*) { return true; })) {
            visit(*verb);
            visit_below(*verb, visit);
        }
    }
};

bool has(const CLI::App& verb, const char* option) {
    return verb.get_option_no_throw(option) != nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_verbs)

BOOST_AUTO_TEST_CASE(every_command_of_the_engine_has_a_verb) {
    std::set<const command_traits*> made;
    tree().for_each_verb([&](const CLI::App& verb) { made.insert(traits_of(verb)); });
    mp11::mp_for_each<mp11::mp_transform<mp11::mp_identity, command>>(
        [&]<class One>(mp11::mp_identity<One>) {
            BOOST_TEST(made.contains(&One::traits), typeid(One).name());
        });
}

BOOST_AUTO_TEST_CASE(options_are_those_of_the_traits) {
    tree().for_each_verb([](const CLI::App& verb) {
        const auto* traits = traits_of(verb);
        BOOST_TEST_CONTEXT(path_of(verb)) {
            const bool makes = traits != nullptr;
            BOOST_TEST(has(verb, "--filter") == (makes && traits->filters != filter_rule::none));
            BOOST_TEST(has(verb, "--running") == (makes && traits->filters == filter_rule::all));
            BOOST_TEST(has(verb, "--group") == (makes && traits->text == text_form::document));
            BOOST_TEST(has(verb, "--dry-run") == (makes && traits->copies != copy_way::none));
            BOOST_TEST((has(verb, "--remote") || has(verb, "REMOTE")) ==
                       (makes && traits->remotes != remote_rule::none));
        }
    });
}

BOOST_AUTO_TEST_CASE(a_tree_for_some_words_has_the_verbs_that_they_may_mean) {
    invocation asked{.program = "guild"};
    CLI::App app(program_description, "guild");
    add_commands(app, asked, needed_verbs({"runs", "delete", "1"}));
    std::vector<std::string> paths;
    for (CLI::App* verb : app.get_subcommands([](CLI::App*) { return true; })) {
        for (CLI::App* inner : verb->get_subcommands([](CLI::App*) { return true; })) {
            paths.push_back(path_of(*inner));
        }
    }
    const std::vector<std::string> expected{"runs list", "runs rm"};
    BOOST_TEST(paths == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
