#include "engine/api/api_names.hpp"
#include "engine/api/commands.hpp"

#include <boost/mp11.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace outrider;

namespace mp11 = boost::mp11;

namespace {

using names = std::set<std::string>;

// The commands of which `holds` is true.
template <class Holds>
names commands_that(Holds holds) {
    names found;
    mp11::mp_for_each<mp11::mp_transform<mp11::mp_identity, command>>(
        [&]<class One>(mp11::mp_identity<One>) {
            if (holds(traits_of(command(One{})))) {
                found.insert(command_name<One>());
            }
        });
    return found;
}

template <class Traits>
concept takes_all = requires {
    Traits{.remotes = remote_rule::none,
           .runs = run_source::none,
           .filters = filter_rule::none,
           .copies = copy_way::none,
           .outdates_memory = false,
           .stays_in_process = false,
           .text = text_form::lines,
           .json = json_form::object};
};
template <class Traits>
concept takes_all_but_the_first = requires {
    Traits{.runs = run_source::none,
           .filters = filter_rule::none,
           .copies = copy_way::none,
           .outdates_memory = false,
           .stays_in_process = false,
           .text = text_form::lines,
           .json = json_form::object};
};
template <class Traits>
concept takes_all_but_one_in_between = requires {
    Traits{.remotes = remote_rule::none,
           .runs = run_source::none,
           .filters = filter_rule::none,
           .copies = copy_way::none,
           .stays_in_process = false,
           .text = text_form::lines,
           .json = json_form::object};
};
template <class Traits>
concept takes_all_but_the_last = requires {
    Traits{.remotes = remote_rule::none,
           .runs = run_source::none,
           .filters = filter_rule::none,
           .copies = copy_way::none,
           .outdates_memory = false,
           .stays_in_process = false,
           .text = text_form::lines};
};

// As commands would be whose traits and members do not agree.
struct without_a_remote {
    static constexpr command_traits traits = pull_command::traits;
    run_selection selection;
};
struct without_a_selection {
    static constexpr command_traits traits = pull_command::traits;
    std::string remote;
};
struct with_filters_of_nothing {
    static constexpr command_traits traits{.remotes = remote_rule::none,
                                           .runs = run_source::none,
                                           .filters = filter_rule::all,
                                           .copies = copy_way::none,
                                           .outdates_memory = false,
                                           .stays_in_process = false,
                                           .text = text_form::lines,
                                           .json = json_form::object};
};
struct that_does_not_say_when {
    static constexpr command_traits traits = run_command::traits;
    std::string remote;
};

} // namespace

BOOST_AUTO_TEST_SUITE(command_traits_of_commands)

BOOST_AUTO_TEST_CASE(what_is_left_out_does_not_compile) {
    static_assert(takes_all<command_traits>);
    static_assert(!takes_all_but_the_first<command_traits>);
    static_assert(!takes_all_but_one_in_between<command_traits>);
    static_assert(!takes_all_but_the_last<command_traits>);
}

BOOST_AUTO_TEST_CASE(what_the_members_contradict_does_not_compile) {
    static_assert(traits_fit<pull_command>);
    static_assert(traits_fit<run_command>);
    static_assert(!traits_fit<without_a_remote>);
    static_assert(!traits_fit<without_a_selection>);
    static_assert(!traits_fit<with_filters_of_nothing>);
    static_assert(!traits_fit<that_does_not_say_when>);
}

BOOST_AUTO_TEST_CASE(commands_are_told_apart) {
    const auto outdating = commands_that([](const auto& of) { return of.outdates_memory; });
    BOOST_TEST(
        (outdating == names{"run", "watch", "wait", "stop", "delete", "restore", "purge", "label",
                            "tag", "mark", "comment", "export", "import", "archive", "push"}));
    const auto staying = commands_that([](const auto& of) { return of.stays_in_process; });
    BOOST_TEST((staying == names{"diff", "open", "tensorboard"}));
    const auto documents =
        commands_that([](const auto& of) { return of.text == text_form::document; });
    BOOST_TEST(
        (documents == names{"cat", "ls", "info", "select", "check", "doctor", "remote_status"}));
    const auto following =
        commands_that([](const auto& of) { return of.json == json_form::events; });
    BOOST_TEST(
        (following == names{"run", "watch", "wait", "pull", "push", "sync", "remote_start"}));
    const auto copying = commands_that([](const auto& of) { return of.copies != copy_way::none; });
    BOOST_TEST((copying == names{"pull", "push", "sync"}));
}

BOOST_AUTO_TEST_CASE(a_run_that_is_named_is_on_one_machine) {
    BOOST_TEST(!run_command{.operation = "train"}.takes_one_machine());
    for (const auto& one :
         {run_command{.start = "1"}, run_command{.restart = "1"}, run_command{.proto = "1"},
          run_command{.run_id = "a"}, run_command{.run_dir = "/a"}}) {
        BOOST_TEST(one.takes_one_machine());
    }
}

BOOST_AUTO_TEST_SUITE_END()
