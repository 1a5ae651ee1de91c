#include "cli/render/several_remotes.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace outrider;
using namespace outrider::cli;

namespace {

struct told {
    event what;
    std::string remote;
};

struct shown_text {
    std::string out;
    std::string err;
};

shown_text show(const std::vector<told>& events, command what, bool group = false) {
    invocation asked{.program = "guild", .what = std::move(what), .remote = "all", .group = group};
    std::ostringstream out;
    std::ostringstream err;
    several_remotes text(asked, {}, out, err);
    for (const auto& each : events) {
        text.show(each.what, each.remote);
    }
    text.finish(0);
    return {out.str(), err.str()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(text_of_several_remotes)

BOOST_AUTO_TEST_CASE(lines_are_prefixed_once_they_are_whole) {
    const auto got = show({{output_bytes{.bytes = "on"}, "b"},
                           {output_bytes{.bytes = "two\n"}, "a"},
                           {output_bytes{.bytes = "e\nrest"}, "b"},
                           {note{.warning = true, .text = "odd"}, "a"},
                           {runs_edited{.count = 2}, "b"}},
                          run_command{});
    BOOST_TEST(got.out == "a: two\nb: one\nb: rest\n");
    BOOST_TEST(got.err == "a: WARNING: odd\nb: Labeled 2 run(s)\n");
}

BOOST_AUTO_TEST_CASE(documents_stand_below_headers_in_the_end) {
    const std::vector<told> events{{output_bytes{.bytes = "same\n"}, "c"},
                                   {output_bytes{.bytes = "other"}, "b"},
                                   {output_bytes{.bytes = "same\n"}, "a"}};
    BOOST_TEST(show(events, cat_command{}).out ==
               "==> a <==\nsame\n==> b <==\nother\n==> c <==\nsame\n");
    BOOST_TEST(show(events, cat_command{}, true).out ==
               "==> a, c (2) <==\nsame\n==> b <==\nother\n");
}

BOOST_AUTO_TEST_CASE(documents_of_any_length_are_whole_and_compared_whole) {
    const std::string much(std::size_t{3} << 20, 'x');
    const std::vector<told> events{{output_bytes{.bytes = much}, "a"},
                                   {output_bytes{.bytes = much + "\n"}, "b"},
                                   {output_bytes{.bytes = "end\n"}, "a"},
                                   {output_bytes{.bytes = much}, "c"},
                                   {output_bytes{.bytes = "\n"}, "c"}};
    BOOST_TEST((show(events, cat_command{}).out ==
                "==> a <==\n" + much + "end\n==> b <==\n" + much + "\n==> c <==\n" + much + "\n"));
    BOOST_TEST((show(events, cat_command{}, true).out ==
                "==> a <==\n" + much + "end\n==> b, c (2) <==\n" + much + "\n"));
}

BOOST_AUTO_TEST_CASE(a_remote_that_failed_has_a_line) {
    const auto got = show({{remote_failed{.remote = "a", .message = "a: no route"}, "a"},
                           {remote_failed{.remote = "b", .message = "no matching runs"}, "b"}},
                          cat_command{});
    BOOST_TEST(got.out == "");
    BOOST_TEST(got.err == "guild: a: no route\nguild: b: no matching runs\n");
}

BOOST_AUTO_TEST_CASE(what_is_of_no_remote_is_as_always) {
    const run_row row{.index = 1, .id = "0123456789", .operation = "train", .held_by = "a"};
    const auto got =
        show({{runs_listed{.rows = {row}, .total = 1, .remotes = {"a", "b"}}, {}}}, list_command{});
    BOOST_TEST(got.out == "[1:01234567]  a  train    error  \n");
}

BOOST_AUTO_TEST_SUITE_END()
