#include "cli/render/amounts.hpp"
#include "cli/render/copy_plan_text.hpp"
#include "cli/render/copy_progress_text.hpp"
#include "cli/render/name_text.hpp"
#include "cli/render/text_table.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace outrider;
using namespace outrider::cli;

namespace {

constexpr std::int64_t mib = 1024 * 1024;
constexpr std::int64_t gib = 1024 * mib;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

copy_progress underway() {
    return {.remote = "gpu1",
            .runs = 10,
            .runs_done = 3,
            .files = 20'000,
            .files_done = 1204,
            .bytes = 4 * gib,
            .bytes_done = gib * 12 / 10,
            .bytes_per_second = 310 * mib,
            .seconds_left = 9};
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_copy_text)

BOOST_AUTO_TEST_CASE(counts_have_groups_of_digits_and_nouns) {
    const struct {
        std::int64_t count;
        const char* text;
        const char* files;
    } cases[] = {
        {0, "0", "0 files"},
        {1, "1", "1 file"},
        {999, "999", "999 files"},
        {1000, "1,000", "1,000 files"},
        {20'000, "20,000", "20,000 files"},
        {1'234'567, "1,234,567", "1,234,567 files"},
        {most, "9,223,372,036,854,775,807", "9,223,372,036,854,775,807 files"},
        {-5, "0", "0 files"},
    };
    for (const auto& c : cases) {
        BOOST_TEST(count_text(c.count) == c.text);
        BOOST_TEST(count_text(c.count, "file") == c.files);
    }
}

BOOST_AUTO_TEST_CASE(sizes_have_three_digits_in_binary_units) {
    const struct {
        std::int64_t bytes;
        const char* text;
    } cases[] = {
        {least, "0 B"},
        {0, "0 B"},
        {1023, "1023 B"},
        {1024, "1.0 KiB"},
        {1536, "1.5 KiB"},
        {1024 * 99 + 900, "99.9 KiB"},
        {1024 * 99 + 1000, "100 KiB"}, // 99.98
        {1024 * 1023, "1023 KiB"},
        {1024 * 1023 + 600, "1.0 MiB"}, // 1023.6
        {310 * mib, "310 MiB"},
        {gib * 12 / 10, "1.2 GiB"},
        {most, "8.0 EiB"},
    };
    for (const auto& c : cases) {
        BOOST_TEST(bytes_text(c.bytes) == c.text);
        BOOST_TEST(rate_text(c.bytes) == std::string(c.text) + "/s");
    }
}

BOOST_AUTO_TEST_CASE(times_have_two_units) {
    const struct {
        std::int64_t seconds;
        const char* text;
    } whole[] = {
        {-1, "0 s"},
        {0, "0 s"},
        {59, "59 s"},
        {60, "1 min 0 s"},
        {3599, "59 min 59 s"},
        {3600, "1 h 0 min"},
        {86'399, "23 h 59 min"},
        {86'400 * 3 + 3600, "3 d 1 h"},
        {most, "106751991167300 d 15 h"},
    };
    for (const auto& c : whole) {
        BOOST_TEST(whole_seconds_text(c.seconds) == c.text);
    }
    const struct {
        double seconds;
        const char* text;
    } taken[] = {
        {-2, "0.00 s"},
        {0.044, "0.04 s"},
        {0.994, "0.99 s"},
        {0.996, "1.0 s"},
        {4.1, "4.1 s"},
        {9.94, "9.9 s"},
        {9.96, "10 s"},
        {59.6, "1 min 0 s"},
        {std::nan(""), "0.00 s"},
        {std::numeric_limits<double>::infinity(), "0.00 s"},
        {1e300, "11574074074 d 1 h"},
    };
    for (const auto& c : taken) {
        BOOST_TEST(seconds_text(c.seconds) == c.text);
    }
}

BOOST_AUTO_TEST_CASE(names_in_any_bytes_stay_on_their_line) {
    const struct {
        std::string_view name;
        const char* text;
    } cases[] = {
        {"", ""},
        {"a file.txt", "a file.txt"},
        {"d\xC3\xA4s/\xF0\x9F\x98\x80", "d\xC3\xA4s/\xF0\x9F\x98\x80"},
        {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
        {"back\\slash", "back\\\\slash"},
        {"\x1b[31m\x7f", "\\033[31m\\177"},
        {std::string_view("\0", 1), "\\000"},
        {"\xFF\xC3", "\\377\\303"},
        {"\xC2\x9B", "\\302\\233"}, // a terminal may take it as ESC [
        {"\xC2\xA0", "\xC2\xA0"},
    };
    for (const auto& c : cases) {
        BOOST_TEST(name_text(c.name) == c.text);
    }
}

BOOST_AUTO_TEST_CASE(a_progress_line_leaves_out_what_matters_least) {
    const std::string whole = "gpu1: 3/10 runs, 1,204 of 20,000 files, 1.2 GiB of 4.0 GiB, "
                              "310 MiB/s, 9 s left";
    const struct {
        std::size_t width;
        std::string text;
    } cases[] = {
        {200, whole},
        {79, whole},
        {78, "gpu1: 3/10 runs, 1.2 GiB of 4.0 GiB, 310 MiB/s, 9 s left"},
        {50, "gpu1: 1.2 GiB of 4.0 GiB, 310 MiB/s, 9 s left"},
        {40, "gpu1: 1.2 GiB of 4.0 GiB, 9 s left"},
        {30, "gpu1: 1.2 GiB of 4.0 GiB"},
        {10, "gpu1: 1.2 "},
        {0, ""},
    };
    for (const auto& c : cases) {
        BOOST_TEST(copy_progress_line(underway(), c.width) == c.text);
        BOOST_TEST(text_width(c.text) <= c.width);
    }
}

BOOST_AUTO_TEST_CASE(a_progress_line_tells_only_what_is_known) {
    copy_progress one{.remote = "a\nb", .runs = 1, .files = 1, .bytes = 7};
    BOOST_TEST(copy_progress_line(one, 80) == "a\\nb: 0/1 run, 0 of 1 file, 0 B of 7 B, 0 B/s");
    one.seconds_left = 61;
    BOOST_TEST(copy_progress_line(one, 80).ends_with(", 1 min 1 s left"));
}

BOOST_AUTO_TEST_CASE(a_summary_says_what_was_done) {
    const struct {
        copy_summary what;
        const char* line;
    } cases[] = {
        {{.remote = "gpu1",
          .copied = 3,
          .unchanged = 7,
          .files = 1204,
          .bytes = gib * 12 / 10,
          .sent_bytes = gib,
          .seconds = 4.1},
         "gpu1: copied 3 runs (1,204 files, 1.2 GiB) in 4.1 s; 7 unchanged\n"},
        {{.remote = "gpu1",
          .copied = 1,
          .files = 1,
          .bytes = gib,
          .sent_bytes = mib,
          .seconds = 0.04},
         "gpu1: copied 1 run (1 file, 1.0 GiB, 1.0 MiB sent) in 0.04 s\n"},
        {{.remote = "gpu1", .copied = 1, .left_out = 2},
         "gpu1: copied 1 run (0 files, 0 B) in 0.00 s; 2 left out\n"},
        {{.remote = "gpu1", .unchanged = 7, .seconds = 1}, "gpu1: nothing to copy; 7 unchanged\n"},
        {{.remote = "gpu1"}, "gpu1: nothing to copy\n"},
    };
    for (const auto& c : cases) {
        BOOST_TEST(copy_summary_line(c.what) == c.line);
    }
}

BOOST_AUTO_TEST_CASE(a_run_that_was_copied_is_told_of_only_where_it_is_odd) {
    BOOST_TEST(copied_run_lines({.run_id = "id1", .files = 3, .bytes = 9}) == "");
    BOOST_TEST(copied_run_lines({.run_id = "id1", .live = 1}) ==
               "id1: 1 file kept changing, copied as far as it had come\n");
    BOOST_TEST(copied_run_lines({.run_id = "id1", .live = 2, .missing = {"a", "b\n"}}) ==
               "id1: 2 files kept changing, copied as far as they had come\n"
               "id1: gone meanwhile: a\nid1: gone meanwhile: b\\n\n");
}

BOOST_AUTO_TEST_CASE(a_plan_lists_what_would_change_run_by_run) {
    copy_plan_text plan;
    const command pull = pull_command{.dry_run = true};
    BOOST_TEST(plan.last_line() == "");
    BOOST_TEST(plan.lines({.remote = "gpu1",
                           .run_id = "id1",
                           .entries = {{copy_action::create, "model.bin", 2 * mib},
                                       {copy_action::update, "out put\x1b", 12},
                                       {copy_action::create, "logs/", 0},
                                       {copy_action::remove, "old", 5}}},
                          pull) ==
               "id1 from gpu1:\n  + model.bin (2.0 MiB)\n  ~ out put\\033 (12 B)\n  + logs/\n"
               "  - old\n");
    // The same run goes on; an unchanged one is only counted.
    BOOST_TEST(
        plan.lines({.remote = "gpu1", .run_id = "id1", .entries = {{copy_action::create, "z", 0}}},
                   pull) == "  + z (0 B)\n");
    BOOST_TEST(plan.lines({.remote = "gpu1", .run_id = "id2"}, pull) == "");
    BOOST_TEST(
        plan.lines({.remote = "gpu1", .run_id = "id3", .entries = {{copy_action::create, "z", 0}}},
                   push_command{}) == "id3 to gpu1:\n  + z (0 B)\n");
    plan.add({.dry_run = true, .copied = 2, .unchanged = 7, .files = 12, .bytes = mib * 12 / 10});
    BOOST_TEST(plan.last_line() ==
               "Would copy 2 runs (12 files, 1.2 MiB) and remove 1 file, 7 unchanged\n");
    plan.add({.dry_run = true, .copied = 1});
    BOOST_TEST(plan.last_line() ==
               "Would copy 3 runs (12 files, 1.2 MiB) and remove 1 file, 7 unchanged\n");
}

BOOST_AUTO_TEST_CASE(a_plan_in_which_nothing_is_to_be_done_says_so) {
    copy_plan_text plan;
    plan.add({.dry_run = true, .unchanged = 7});
    BOOST_TEST(plan.last_line() == "Nothing to copy.\n");
}

BOOST_AUTO_TEST_SUITE_END()
