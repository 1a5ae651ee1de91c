#include "cli/render/redrawn_lines.hpp"
#include "cli/render/terminal_text.hpp"
#include "cli/render/watched_output.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <tuple>

using namespace std::string_literals;
using namespace outrider;
using namespace outrider::cli;

namespace {

const std::string first = "3f2a91c0000000000000000000000000";
const std::string second = "0b1c2d3e000000000000000000000000";

/// Two watches on two remotes, one with a longer name than the other.
struct two_watches {
    explicit two_watches(watched_output_style style = {}) : shown(style) {
        shown.begin({.run_id = first, .operation = "train", .several = true}, "gpu1");
        shown.begin({.run_id = second, .operation = "gpkg.x/prepare", .several = true}, "box");
    }
    std::string of_first(const std::string& bytes, std::vector<std::int64_t> times = {}) {
        return shown.text_of({bytes, first, std::move(times)}, "gpu1");
    }
    std::string of_second(const std::string& bytes) {
        return shown.text_of({bytes, second, {}}, "box");
    }

    watched_output shown;
};

watched_output one_watch(watched_output_style style = {}) {
    watched_output shown(style);
    shown.begin({.run_id = first, .operation = "train"}, "");
    return shown;
}

} // namespace

BOOST_AUTO_TEST_SUITE(watched_output_of_runs)

BOOST_AUTO_TEST_CASE(what_a_line_shows_in_the_end_follows_its_last_carriage_return) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"windows\r", "windows"},
        {"\r 10%\r 20%\r100%", "100%"},
        {"\r 10%\r100%\r\r", "100%"},
        {"\r\r", ""},
    };
    for (const auto& [line, state] : cases) {
        BOOST_TEST(last_state(line) == state);
    }
}

BOOST_AUTO_TEST_CASE(what_would_change_the_terminal_is_left_out) {
    const std::pair<std::string, std::string> cases[] = {
        {"plain \xC3\xA4\tb", "plain \xC3\xA4\tb"},
        {"a\x1b[2Jb", "ab"},
        {"a\x1b[1;31mb\x1b[0mc", "abc"},
        {"a\x1b]0;title\ab", "ab"},
        {"a\x1b]8;;http://x\x1b\\b", "ab"},
        {"a\x1bP1$r\x1b\\b", "ab"},
        {"a\x1b]never ended", "a"},
        {"a\x1b(Bb\x1b"
         "7c",
         "abc"},
        {"a\x1b[?1049hb", "ab"},
        {"a\x1b", "a"},
        {"a\x1b[", "a"},
        {"a\x1b[3", "a"},
        {"a\b\b\x7f\x01z\fb", "azb"},
        {"a\xC2\x9B"
         "2Jb",
         "a2Jb"},
        {"a\xFF\xC3", "a\xEF\xBF\xBD\xEF\xBF\xBD"},
        {std::string("a\0b", 3), "ab"},
    };
    for (const auto& [line, shown] : cases) {
        BOOST_TEST(harmless(line, false) == shown);
    }
}

BOOST_AUTO_TEST_CASE(colours_stay_where_they_are_wanted_and_end_with_the_line) {
    BOOST_TEST(harmless("a\x1b[1;31mb", true) == "a\x1b[1;31mb\x1b[0m");
    BOOST_TEST(harmless("a\x1b[38:2::1:2:3mb", true) == "a\x1b[38:2::1:2:3mb\x1b[0m");
    BOOST_TEST(harmless("a\x1b[2Kb\x1b[>4;2mc", true) == "abc");
    BOOST_TEST(harmless("a\x1b[3", true) == "a");
}

BOOST_AUTO_TEST_CASE(one_watch_to_a_file_is_passed_on_byte_by_byte) {
    auto shown = one_watch();
    const auto bytes = "\0\xff\x1b[2J 10%\r 20%\rhalf \xC3"s;
    BOOST_TEST(shown.text_of({bytes, first, {}}, "") == bytes);
    BOOST_TEST(shown.rest() == "");
}

BOOST_AUTO_TEST_CASE(one_watch_on_a_terminal_shows_bars_as_they_come_and_whole_characters) {
    auto shown = one_watch({.terminal = true});
    BOOST_TEST(shown.text_of({" 10%\r\x1b[1m", first, {}}, "") == " 10%\r\x1b[1m");
    BOOST_TEST(shown.text_of({"a\xE2\x82", first, {}}, "") == "a");
    BOOST_TEST(shown.text_of({"\xAC"
                              "b\xFF",
                              first,
                              {}},
                             "") == "\xE2\x82\xAC"
                                    "b\xEF\xBF\xBD");
    BOOST_TEST(shown.text_of({"\xE2", first, {}}, "") == "");
    BOOST_TEST(shown.rest_of(first, "") == "\xEF\xBF\xBD");
    BOOST_TEST(shown.rest() == "");
}

BOOST_AUTO_TEST_CASE(lines_of_several_watches_say_whose_they_are_and_stand_below_each_other) {
    two_watches both;
    BOOST_TEST(both.of_first("epoch 1\nepo") == "gpu1 3f2a91c0 train:  epoch 1\n");
    BOOST_TEST(both.of_second("x\n") == "box 0b1c2d3e prepare: x\n");
    BOOST_TEST(both.of_first("ch 2\n\n") ==
               "gpu1 3f2a91c0 train:  epoch 2\ngpu1 3f2a91c0 train:  \n");
    BOOST_TEST(both.of_first("last") == "");
    BOOST_TEST(both.of_second("other") == "");
    BOOST_TEST(both.shown.rest_of(first, "gpu1") == "gpu1 3f2a91c0 train:  last\n");
    BOOST_TEST(both.shown.rest() == "box 0b1c2d3e prepare: other\n");
}

BOOST_AUTO_TEST_CASE(characters_that_come_in_two_pieces_are_whole_in_a_line) {
    two_watches both;
    BOOST_TEST(both.of_first("\xE2\x82") == "");
    BOOST_TEST(both.of_second("\xFF\n") == "box 0b1c2d3e prepare: \xEF\xBF\xBD\n");
    BOOST_TEST(both.of_first("\xAC\n") == "gpu1 3f2a91c0 train:  \xE2\x82\xAC\n");
}

BOOST_AUTO_TEST_CASE(a_progress_bar_among_others_is_its_last_state) {
    two_watches both;
    std::string bar;
    for (int i = 0; i <= 100; ++i) {
        bar += "\r" + std::to_string(i) + "%|" + std::string(1000, '#');
        BOOST_TEST(both.of_second("\r" + std::to_string(i) + "%") == "");
    }
    BOOST_TEST(both.of_first(bar) == ""); // more than is held, but short in the end
    BOOST_TEST(both.of_first("\n") ==
               "gpu1 3f2a91c0 train:  100%|" + std::string(1000, '#') + "\n");
    BOOST_TEST(both.of_second("\n") == "box 0b1c2d3e prepare: 100%\n");
}

// As tqdm draws a bar below another: down, the bar, and up again.
std::string below(const std::string& bar) {
    return "\n\r" + bar + "\x1b[A";
}

BOOST_AUTO_TEST_CASE(bars_below_each_other_are_their_last_states) {
    two_watches both;
    // The first line feed could be that of any line.
    BOOST_TEST(both.of_second("\repochs 0%" + below("steps 0%")) ==
               "box 0b1c2d3e prepare: epochs 0%\n");
    std::string shown;
    for (int epoch = 1; epoch <= 3; ++epoch) {
        for (int step = 0; step <= 100; ++step) {
            shown += both.of_second(below("steps " + std::to_string(step) + "%"));
        }
        shown += both.of_second("\repochs " + std::to_string(33 * epoch) + "%");
    }
    BOOST_TEST(shown == "");
    // When they are over the cursor stays below them, and lines come as they always do.
    shown = both.of_second("\n\rsteps 100%\n");
    shown += both.of_second("done\n");
    shown += both.of_second("really\n");
    shown += both.of_second("now\n");
    BOOST_TEST(shown == "box 0b1c2d3e prepare: epochs 99%\nbox 0b1c2d3e prepare: steps 100%\n"
                        "box 0b1c2d3e prepare: done\nbox 0b1c2d3e prepare: really\n"
                        "box 0b1c2d3e prepare: now\n");
    BOOST_TEST(both.of_second("next\n") == "box 0b1c2d3e prepare: next\n");
    BOOST_TEST(both.shown.rest() == "");
}

BOOST_AUTO_TEST_CASE(bars_are_told_when_the_run_ends) {
    two_watches both;
    std::ignore = both.of_second("a 0%" + below("b 0%"));
    std::ignore = both.of_second("\ra 50%" + below("b 7%"));
    BOOST_TEST(both.shown.rest_of(second, "box") ==
               "box 0b1c2d3e prepare: a 50%\nbox 0b1c2d3e prepare: b 7%\n");
}

BOOST_AUTO_TEST_CASE(lines_above_bars_and_bars_that_are_wiped_out) {
    redrawn_lines drawn;
    const auto texts = [&](std::initializer_list<const char*> lines) {
        std::vector<final_line> over;
        for (const char* each : lines) {
            drawn.feed(each, {}, over);
        }
        std::string out;
        for (const auto& each : over) {
            out += each.text + "|";
        }
        return out;
    };
    // tqdm.write: both bars are wiped out, the text takes their place, they are drawn below it.
    BOOST_TEST(texts({"\ra 1%", "\rb 1%\x1b[A\r     \r"}) == "a 1%|");
    BOOST_TEST(texts({"\r     \r\x1b[Atext", "\ra 2%"}) == "text|");
    // The lower one goes at its end.
    BOOST_TEST(texts({"\rb 2%\x1b[A\ra 3%", "\r     \r\x1b[A"}) == "");
    std::string rest;
    for (const auto& each : drawn.rest()) {
        rest += each.text + "|";
    }
    BOOST_TEST(rest == "a 3%|");
}

BOOST_AUTO_TEST_CASE(a_table_that_is_drawn_anew_is_shown_once) {
    redrawn_lines drawn;
    std::vector<final_line> over;
    for (int round = 0; round < 50; ++round) {
        const auto number = std::to_string(round);
        drawn.feed((round == 0 ? "" : "\x1b[3A\x1b[2K") + ("one " + number), 3 * round, over);
        drawn.feed("\x1b[2Ktwo " + number, 3 * round + 1, over);
        drawn.feed("\x1b[2Kthree " + number, 3 * round + 2, over);
    }
    const auto rest = drawn.rest();
    BOOST_TEST(over.size() == 3U); // the first time, when they are lines like any
    BOOST_TEST_REQUIRE(rest.size() == 3U);
    BOOST_TEST(rest[0].text == "one 49");
    BOOST_TEST(rest[2].text == "three 49");
    BOOST_TEST(rest[1].time_ms.value() == 148);
}

BOOST_AUTO_TEST_CASE(what_draws_is_bounded) {
    redrawn_lines drawn;
    std::vector<final_line> over;
    drawn.feed("\x1b[99999999999999999999A", {}, over);
    drawn.feed("\x1b[5000A" + std::string(1 << 20, 'x') + "\x1b[5000B", {}, over);
    for (int i = 0; i < 1000; ++i) {
        drawn.feed("\x1b[64A\x1b[64B\x1b[64B\x1b[64B", {}, over);
    }
    drawn.feed("\x1b[", {}, over);
    drawn.feed("\x1b[3", {}, over);
    const auto rest = drawn.rest();
    BOOST_TEST(rest.size() <= 3 * redrawn_lines::most_rows);
    std::size_t bytes = 0;
    for (const auto& each : rest) {
        bytes += each.text.size();
    }
    BOOST_TEST(bytes <= redrawn_lines::most_text * 2);
}

BOOST_AUTO_TEST_CASE(a_line_that_does_not_end_is_shown_in_pieces) {
    two_watches both({.timestamps = true});
    std::size_t shown = 0;
    std::size_t most = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto text =
            both.of_first(std::string(1000, 'x'),
                          i == 0 ? std::vector<std::int64_t>{0} : std::vector<std::int64_t>{});
        shown += static_cast<std::size_t>(std::ranges::count(text, 'x'));
        most = std::max(most, 1000 * static_cast<std::size_t>(i + 1) - shown);
    }
    BOOST_TEST(shown > 900'000U);
    BOOST_TEST(most <= watched_output::most_held + 1000);
    // The next line has a time of its own.
    const auto end = both.of_first("\nnext\n", {5});
    BOOST_TEST(end.ends_with(line_time(5) + " next\n"));
    BOOST_TEST(end.find(line_time(5)) == end.rfind(line_time(5)));
}

BOOST_AUTO_TEST_CASE(each_run_has_a_colour_of_its_own_where_colours_are_wanted) {
    two_watches both({.terminal = true, .colour = true});
    const auto one = both.of_first("a\x1b[31mb\n");
    const auto other = both.of_second("a\n");
    BOOST_TEST(one == "\x1b[36mgpu1 3f2a91c0 train: \x1b[0m a\x1b[31mb\x1b[0m\n");
    BOOST_TEST(other == "\x1b[33mbox 0b1c2d3e prepare: \x1b[0ma\n");
}

BOOST_AUTO_TEST_CASE(timestamps_come_with_their_lines) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    auto shown = one_watch({.timestamps = true});
    BOOST_TEST(shown.text_of({"one\ntw", first, {1'700'000'000'001, 1'700'000'001'000}}, "") ==
               "2023-11-14 22:13:20.001 one\n");
    BOOST_TEST(shown.text_of({"o\n", first, {}}, "") == "2023-11-14 22:13:21.000 two\n");
    two_watches both({.timestamps = true});
    BOOST_TEST(both.of_first("x\n", {1'700'000'000'999}) ==
               "gpu1 3f2a91c0 train:  2023-11-14 22:13:20.999 x\n");
}

BOOST_AUTO_TEST_CASE(a_run_on_the_only_machine_needs_no_name_of_it) {
    watched_output shown({});
    shown.begin({.run_id = first, .operation = "tr\x1b[2Jain", .several = true}, "");
    BOOST_TEST(shown.text_of({"x\n", first, {}}, "") == "3f2a91c0 train: x\n");
}

BOOST_AUTO_TEST_SUITE_END()
