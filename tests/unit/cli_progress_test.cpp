#include "cli/render/batch_progress_text.hpp"
#include "cli/render/progress_block.hpp"
#include "cli/render/renderer.hpp"
#include "cli/session.hpp"

#include <boost/test/unit_test.hpp>

#include <charconv>
#include <sstream>
#include <vector>

using namespace outrider;
using namespace outrider::cli;

namespace {

/// What a person sees: a terminal as tall as need be that knows the commands that we use, and
/// fails the test on any other.
class screen {
  public:
    explicit screen(std::size_t width) : width_(width) {}

    void write(const std::string& bytes) {
        for (std::size_t at = 0; at < bytes.size();) {
            if (bytes[at] == '\x1b') {
                at = command(bytes, at + 1);
                continue;
            }
            put(bytes[at++]);
        }
    }

    /// Rows without the spaces at their ends, each with a line feed; none for empty rows below.
    [[nodiscard]] std::string text() const {
        std::string out;
        std::string blank;
        for (auto row : rows_) {
            row.resize(row.find_last_not_of(' ') + 1);
            if (row.empty()) {
                blank += "\n";
            } else {
                out += blank + row + "\n";
                blank.clear();
            }
        }
        return out;
    }
    [[nodiscard]] std::size_t row() const { return row_; }
    [[nodiscard]] std::size_t column() const { return column_; }

  private:
    void put(char byte) {
        if (byte == '\r') {
            column_ = 0;
        } else if (byte == '\n') {
            column_ = 0;
            down();
        } else {
            if (column_ == width_ && wraps_) {
                column_ = 0;
                down();
            }
            column_ = std::min(column_, width_ - 1);
            auto& row = rows_[row_];
            row.resize(std::max(row.size(), column_ + 1), ' ');
            row[column_++] = byte;
        }
    }
    void down() {
        if (++row_ == rows_.size()) {
            rows_.emplace_back();
        }
    }
    // The place after the command that begins at `at`.
    std::size_t command(const std::string& bytes, std::size_t at) {
        const auto end = bytes.find_first_not_of("[?0123456789", at);
        BOOST_REQUIRE(end != std::string::npos);
        const auto word = bytes.substr(at, end + 1 - at);
        if (word == "[J") {
            rows_.resize(row_ + 1);
            rows_[row_].resize(std::min(rows_[row_].size(), column_));
        } else if (word == "[?7l" || word == "[?7h") {
            wraps_ = word.back() == 'h';
        } else if (word.back() == 'A') {
            std::size_t count = 0;
            std::from_chars(word.data() + 1, word.data() + word.size(), count);
            BOOST_REQUIRE(count <= row_);
            row_ -= count;
        } else {
            BOOST_FAIL("not known: " + word);
        }
        return end + 1;
    }

    std::size_t width_;
    std::vector<std::string> rows_{1};
    std::size_t row_ = 0;
    std::size_t column_ = 0;
    bool wraps_ = true;
};

copy_progress progress(const std::string& remote, std::int64_t done) {
    return {.remote = remote,
            .runs = 2,
            .runs_done = done,
            .files = 2,
            .files_done = done,
            .bytes = 2048,
            .bytes_done = done * 1024};
}

std::string line(const std::string& remote, std::int64_t done) {
    const auto number = std::to_string(done);
    return remote + ": " + number + "/2 runs, " + number + " of 2 files, " +
           (done > 0 ? number + ".0 KiB" : "0 B") + " of 2.0 KiB, 0 B/s\n";
}

/// A command whose standard output and error are one terminal of `width` columns.
struct seen_command {
    invocation asked{.program = "guild", .command_name = "sync", .what = sync_command{}};
    std::ostringstream both;
    std::istringstream typed;
    session between;
    screen shown;

    explicit seen_command(std::size_t width = 80, const std::string& input = {})
        : typed(input),
          between(asked, {.screen = {.out = true, .err = true, .width = width, .err_width = width}},
                  {.in = typed, .out = both, .err = both}),
          shown(width) {}

    std::string after(const event& what) {
        between.show(what);
        return look();
    }
    std::string look() {
        shown.write(both.str());
        both.str({});
        return shown.text();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(cli_progress)

BOOST_AUTO_TEST_CASE(a_line_for_each_remote_is_redrawn_in_place_below_what_is_said) {
    seen_command sync;
    BOOST_TEST(sync.after(run_copying{.remote = "a", .run_id = "id1"}) ==
               "Syncing id1\nCopying id1\n");
    std::string above = "Syncing id1\nCopying id1\n";
    BOOST_TEST(sync.after(progress("a", 0)) == above + line("a", 0));
    BOOST_TEST(sync.after(progress("b", 0)) == above + line("a", 0) + line("b", 0));
    BOOST_TEST(sync.after(progress("a", 1)) == above + line("a", 1) + line("b", 0));
    BOOST_TEST(sync.shown.row() == 2);
    BOOST_TEST(sync.shown.column() == 0);
    above += "WARNING: odd\n";
    BOOST_TEST(sync.after(note{.warning = true, .text = "odd"}) ==
               above + line("a", 1) + line("b", 0));
    above += "a: copied 2 runs (2 files, 2.0 KiB) in 0.50 s\n";
    BOOST_TEST(sync.after(copy_summary{.remote = "a",
                                       .copied = 2,
                                       .files = 2,
                                       .bytes = 2048,
                                       .sent_bytes = 2048,
                                       .seconds = 0.5}) == above + line("b", 0));
    above += "b: nothing to copy; 3 unchanged\n";
    BOOST_TEST(sync.after(copy_summary{.remote = "b", .unchanged = 3}) == above);
    BOOST_TEST(sync.after(command_ended{}) == above);
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_the_lines_after_a_failure) {
    seen_command sync;
    sync.after(progress("a", 0));
    sync.after(progress("b", 1));
    BOOST_TEST(sync.after(command_ended{.error = failure(errc::io_failed, "no more")}) ==
               "guild: no more\n");
}

BOOST_AUTO_TEST_CASE(a_line_fits_and_survives_a_window_that_became_smaller) {
    seen_command sync(38);
    BOOST_TEST(sync.after(progress("a", 1)) == "a: 1.0 KiB of 2.0 KiB, 0 B/s\n");
    progress_block block;
    block.set("a", std::string(30, 'a'));
    block.set("b", std::string(30, 'b'));
    screen narrow(20);
    for (int i = 0; i < 3; ++i) {
        narrow.write(progress_block::erased + block.drawn());
        BOOST_TEST(narrow.row() == 0);
    }
    BOOST_TEST(narrow.text() == std::string(20, 'a') + "\n" + std::string(20, 'b') + "\n");
}

BOOST_AUTO_TEST_CASE(many_remotes_take_few_lines) {
    progress_block block;
    for (char name = 'a'; name <= 'z'; ++name) {
        block.set({name}, {name});
    }
    screen shown(80);
    shown.write(block.drawn());
    BOOST_TEST(shown.text() == "a\nb\nc\nd\ne\nf\ng\nand 19 more\n");
    BOOST_TEST(shown.row() == 0);
    for (char name = 'i'; name <= 'z'; ++name) {
        block.remove({name});
    }
    shown.write(progress_block::erased + block.drawn());
    BOOST_TEST(shown.text() == "a\nb\nc\nd\ne\nf\ng\nh\n");
    BOOST_TEST(progress_block().drawn() == "");
}

BOOST_AUTO_TEST_CASE(who_writes_besides_removes_the_lines_first) {
    seen_command sync;
    sync.after(progress("a", 0));
    sync.after(progress("b", 0));
    sync.shown.write(std::string(progress_block::erased) + "12:00:00 info logged\n");
    BOOST_TEST(sync.after(progress("b", 1)) ==
               "12:00:00 info logged\n" + line("a", 0) + line("b", 1));
}

BOOST_AUTO_TEST_CASE(a_question_takes_the_place_of_the_lines) {
    seen_command sync(80, "yes\n");
    sync.after(progress("a", 0));
    const auto code = sync.between.answer({.kind = question_kind::secret, .text = "Code: "});
    BOOST_TEST(code.value() == "yes");
    BOOST_TEST(sync.look().starts_with("Code:"));
    BOOST_TEST(sync.after(progress("a", 1)).ends_with(line("a", 1)));
}

BOOST_AUTO_TEST_CASE(nothing_is_drawn_where_nobody_could_see_it) {
    const std::vector<event> events{progress("a", 1),
                                    run_copied{.run_id = "id1", .live = 1, .missing = {"x"}},
                                    copy_summary{.remote = "a", .copied = 1}};
    const struct {
        bool quiet;
        std::optional<std::size_t> width;
    } cases[] = {{false, {}}, {true, 80}};
    for (const auto& c : cases) {
        const invocation asked{.program = "guild", .what = pull_command{}, .quiet = c.quiet};
        std::ostringstream out;
        std::ostringstream err;
        renderer text(asked, {.screen = {.out = true, .err = true, .err_width = c.width}}, out,
                      err);
        for (const auto& each : events) {
            text.show(each, {});
        }
        text.finish(0);
        BOOST_TEST(out.str() == "");
        BOOST_TEST(err.str() == "");
    }
    using words = std::map<std::string, std::string>;
    BOOST_TEST(!terminal_of(true, true, 80, words{{"TERM", "dumb"}}).err_width);
    BOOST_TEST(!terminal_of(true, false, 80, words{{"TERM", "xterm"}}).err_width);
    BOOST_TEST(terminal_of(false, true, 99, words{{"TERM", "xterm"}}).err_width.value() == 99);
}

BOOST_AUTO_TEST_CASE(a_dry_run_is_a_result_also_when_quiet) {
    const std::vector<event> events{
        copy_planned{.remote = "a", .run_id = "id1", .entries = {{copy_action::create, "f", 5}}},
        copy_planned{.remote = "a", .run_id = "id2"},
        copy_summary{
            .remote = "a", .dry_run = true, .copied = 1, .unchanged = 1, .files = 1, .bytes = 5}};
    const struct {
        int exit_code;
        const char* out;
    } cases[] = {
        {0, "id1 from a:\n  + f (5 B)\nWould copy 1 run (1 file, 5 B), 1 unchanged\n"},
        {1, "id1 from a:\n  + f (5 B)\n"},
    };
    for (const auto& c : cases) {
        const invocation asked{.program = "guild", .what = pull_command{}, .quiet = true};
        std::ostringstream out;
        std::ostringstream err;
        renderer text(asked, {}, out, err);
        for (const auto& each : events) {
            text.show(each, {});
        }
        text.finish(c.exit_code);
        BOOST_TEST(out.str() == c.out);
        BOOST_TEST(err.str() == "");
    }
}

BOOST_AUTO_TEST_CASE(a_batch_is_one_line) {
    batch_progress progress{.run_id = "b", .total = 120, .done = 37, .failed = 2, .running = 1};
    BOOST_TEST(batch_progress_line(progress, 80) == "37/120 done, 2 failed, 1 running");
    progress.objective = "loss";
    progress.best = 0.31;
    progress.best_flags = "lr=0.01";
    BOOST_TEST(batch_progress_line(progress, 80) ==
               "37/120 done, 2 failed, 1 running, best loss 0.31: lr=0.01");
    BOOST_TEST(batch_progress_line(progress, 20).size() <= 22U); // the ellipsis has three bytes
    progress = {.done = 1, .running = 2};
    BOOST_TEST(batch_progress_line(progress, 80) == "1 done, 2 running");
}

BOOST_AUTO_TEST_SUITE_END()
