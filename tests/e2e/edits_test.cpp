// Editing what is recorded of runs, on this machine, on a remote behind a child process and over
// SSH: the commands are the same.
#include "tests/e2e/scene.hpp"

#include <boost/mp11/list.hpp>

#include <algorithm>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

/// Runs of a remote over SSH, of one behind a child process, and of this machine itself.
template <class Place>
struct there {
    scene<Place> at;
    std::vector<std::string> remote{"-r", "gpu1"};

    [[nodiscard]] std::string home() const { return at.place.guild_home(); }
};
struct this_machine {
    scene<over_local> at;
    std::vector<std::string> remote;

    [[nodiscard]] std::string home() const { return at.me.guild_home(); }
};

template <class Where>
struct seat : Where {
    /// Runs a command about the runs of that place.
    program_result tell(std::vector<std::string> words, const std::string& input = "") const {
        words.insert(words.end(), this->remote.begin(), this->remote.end());
        return this->at.me.run(words, input);
    }
    /// Runs an operation to its end and gives the run's id.
    std::string made(std::vector<std::string> words) const {
        words.insert(words.begin(), "run");
        words.insert(words.end(), {"-y"});
        const auto before = names_in(this->home() + "/runs");
        std::ignore = tell(words);
        for (const auto& id : names_in(this->home() + "/runs")) {
            if (std::ranges::find(before, id) == before.end()) {
                return id;
            }
        }
        BOOST_FAIL("no run was made");
        return {};
    }
    [[nodiscard]] std::string path(const std::string& id, const std::string& name) const {
        return this->home() + "/runs/" + id + "/" + name;
    }
    [[nodiscard]] std::string attribute(const std::string& id, const std::string& name) const {
        const auto file = path(id, ".guild/attrs/" + name);
        return fs::exists(file) ? read_file(file) : "none";
    }
};

using seats =
    boost::mp11::mp_list<seat<this_machine>, seat<there<over_local>>, seat<there<over_ssh>>>;

} // namespace

BOOST_AUTO_TEST_SUITE(edits)

BOOST_AUTO_TEST_CASE_TEMPLATE(labels_are_set_joined_and_cleared, Seat, seats) {
    const Seat at;
    const auto first = at.made({"hello"});
    const auto second = at.made({"hello"});
    check_says(at.tell({"label", "-s", "best so far", "-y"}), 0, {"Labeled 1 run(s)"});
    BOOST_TEST(at.attribute(second, "label") == "best so far\n"); // the newest
    check_says(at.tell({"label", "-p", "the", "-y"}), 0, {"Labeled 1 run(s)"});
    check_says(at.tell({"label", "1:2", "-a", "done", "-y"}), 0, {"Labeled 2 run(s)"});
    BOOST_TEST(at.attribute(second, "label") == "the best so far done\n");
    BOOST_TEST(has(at.attribute(first, "label"), " done\n"));
    check_says(at.tell({"runs", "label", second.substr(0, 8), "-rm", "so far", "-y"}), 0,
               {"Labeled 1 run(s)"});
    BOOST_TEST(at.attribute(second, "label") == "the best done\n");
    check_says(at.tell({"label", first, second, "-c", "-y"}), 0, {"Cleared label for 2 run(s)"});
    BOOST_TEST(at.attribute(first, "label") == "none");
    BOOST_TEST(at.attribute(second, "label") == "none");
    check_says(at.tell({"label", "-s", "yes", "-y"}), 0, {});
    BOOST_TEST(at.attribute(second, "label") == "'yes'\n"); // a string, not a boolean
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_edit_asks_and_a_bad_choice_changes_nothing, Seat, seats) {
    const Seat at;
    check_says(at.tell({"label", "-s", "x"}), 0, {"No runs to modify."});
    const auto id = at.made({"hello"});
    const auto label = at.attribute(id, "label");
    check_says(at.tell({"label", "-s", "x"}, "n\n"), 4,
               {"You are about to label the following runs with 'x':", "  [" + id.substr(0, 8),
                "Continue? (Y/n)"});
    check_says(at.tell({"label", "-s", "x"}), 4, {"use -y"});
    check_says(at.tell({"tag", "-a", "x"}, "n\n"), 4,
               {"You are about to modify tags for the following runs:", "--sync-labels"});
    check_says(at.tell({"mark"}, "n\n"), 4, {"You are about to mark the following runs:"});
    check_says(at.tell({"comment", "-a", "x"}, "n\n"), 4,
               {"You are about to add a comment to the following runs:"});
    check_says(at.tell({"comment", "-c"}, "n\n"), 4, {"ALL comments"});
    check_says(at.tell({"label", "-s", "x", "nonsense", "-y"}), 1,
               {"could not find a run matching 'nonsense'"});
    BOOST_TEST(at.attribute(id, "label") == label);
    BOOST_TEST(at.attribute(id, "tags") == "none");
    BOOST_TEST(at.attribute(id, "marked") == "none");
    BOOST_TEST(at.attribute(id, "comments") == "none");
    check_says(at.tell({"label", "-s", "x"}, "\n"), 0, {"Labeled 1 run(s)"}); // yes usually
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tags_are_added_removed_and_listed, Seat, seats) {
    const Seat at;
    const auto first = at.made({"hello", "-t", "old"});
    const auto second = at.made({"hello"});
    check_says(at.tell({"tag", "-a", "b", "-a", "a", "1:2", "-y"}), 0,
               {"Modified tags for 2 run(s)"});
    BOOST_TEST(at.attribute(first, "tags") == "- a\n- b\n- old\n");
    BOOST_TEST(at.attribute(second, "tags") == "- a\n- b\n");
    BOOST_TEST(at.tell({"tag", "--list-all"}).out == "a\nb\nold\n");
    check_says(at.tell({"label", "-s", "a lr=1", "-y"}), 0, {});
    check_says(at.tell({"tag", "-d", "a", "-a", "c", "-s", "-y"}), 0, {});
    BOOST_TEST(at.attribute(second, "tags") == "- b\n- c\n");
    BOOST_TEST(at.attribute(second, "label") == "c lr=1\n");
    check_says(at.tell({"tag", "-c", "1:2", "-y"}), 0, {"Modified tags for 2 run(s)"});
    BOOST_TEST(at.attribute(first, "tags") == "none");
    BOOST_TEST(at.tell({"tag", "--list-all"}).out == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(marks_are_set_and_cleared, Seat, seats) {
    const Seat at;
    const auto id = at.made({"hello"});
    check_says(at.tell({"mark", "-y"}), 0, {"Marked 1 run(s)"});
    BOOST_TEST(at.attribute(id, "marked") == "true\n");
    BOOST_TEST(has(at.tell({"runs"}).out, "hello [marked]"));
    check_says(at.tell({"mark", "--clear", "-y"}), 0, {"Unmarked 1 run(s)"});
    BOOST_TEST(at.attribute(id, "marked") == "none");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(comments_are_added_listed_and_deleted, Seat, seats) {
    const Seat at;
    const auto id = at.made({"hello"});
    BOOST_TEST(has(at.tell({"comment", "-l"}).out, "  <no comments>\n"));
    check_says(at.tell({"comment", "-a", "first: one", "-y"}), 0, {"Added comment to 1 run(s)"});
    check_says(at.tell({"comment", "-a", "two\nlines", "-y"}), 0, {"Added comment to 1 run(s)"});
    const auto listed = at.tell({"comment", "-l"});
    check_exit(listed, 0);
    BOOST_TEST(listed.out.starts_with(id.substr(0, 8) + "  "));
    BOOST_TEST(has(listed.out, "\n[1] "));
    BOOST_TEST(has(listed.out, "\n\n  first: one\n\n[2] "));
    BOOST_TEST(has(listed.out, "\n\n  two\n  lines\n\n"));
    BOOST_TEST(at.attribute(id, "comments").starts_with("- body: 'first: one'\n  host: "));
    check_says(at.tell({"comment", "-d", "3", "-y"}), 1, {"has no comment 3"});
    check_says(at.tell({"comment", "-d", "1", "-y"}), 0, {"Deleted comment for 1 run(s)"});
    BOOST_TEST(!has(at.tell({"comment", "-l"}).out, "first"));
    check_says(at.tell({"comment", "-c", "-y"}), 0, {"Deleted all comments for 1 run(s)"});
    BOOST_TEST(at.attribute(id, "comments") == "none");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(deleted_runs_come_back_or_go_for_good, Seat, seats) {
    const Seat at;
    check_says(at.tell({"runs", "restore"}), 0, {"Nothing to restore."});
    check_says(at.tell({"runs", "purge"}), 0, {"Nothing to purge."});
    const auto first = at.made({"hello"});
    const auto second = at.made({"hello"});
    check_says(at.tell({"runs", "rm", "-y"}), 0, {"Deleted 2 run(s)"});
    check_says(at.tell({"runs", "restore"}, "n\n"), 4,
               {"You are about to restore the following runs:", first.substr(0, 8),
                "Restore 2 run(s)? (Y/n)"});
    check_says(at.tell({"runs", "restore", "1", "-y"}), 0, {"Restored 1 run(s)"});
    BOOST_TEST(names_in(at.home() + "/runs") == std::vector<std::string>{second},
               boost::test_tools::per_element());
    BOOST_TEST(has(at.tell({"runs"}).out, "completed"));
    // Prompts usually mean no where nothing can be undone.
    check_says(at.tell({"runs", "purge"}, "\n"), 4,
               {"WARNING: You are about to permanently delete the following runs:",
                first.substr(0, 8), "Permanently delete 1 run(s)? (y/N)"});
    check_says(at.tell({"runs", "purge", "x", "-y"}), 1, {"could not find a run matching 'x'"});
    check_says(at.tell({"runs", "purge", "-y"}), 0, {"Permanently deleted 1 run(s)"});
    BOOST_TEST(names_in(at.home() + "/trash/runs").empty());
    BOOST_TEST(names_in(at.home() + "/runs").size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(edits_of_many_people_are_all_kept, Seat, seats) {
    const Seat at;
    const auto id = at.made({"hello"});
    check_says(at.tell({"label", "-s", "start", "-y"}), 0, {});
    std::vector<running_program> people;
    constexpr int count = 6;
    for (int i = 0; i < count; ++i) {
        std::vector<std::string> words{"label", "-a", "w" + std::to_string(i), "-y"};
        words.insert(words.end(), at.remote.begin(), at.remote.end());
        people.push_back(at.at.me.start(words));
    }
    for (auto& person : people) {
        check_exit(person.finish(), 0);
    }
    const auto label = at.attribute(id, "label");
    for (int i = 0; i < count; ++i) {
        BOOST_TEST(has(label, " w" + std::to_string(i)), label);
    }
    BOOST_TEST(label.starts_with("start "));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_running_run_is_edited_and_its_end_is_still_recorded, Seat, seats) {
    const Seat at;
    const auto id = at.made({"gate", "file=" + at.at.gate(), "--no-wait"});
    check_says(at.tell({"label", "-s", "on its way", "-y"}), 0, {"Labeled 1 run(s)"});
    check_says(at.tell({"mark", "-y"}), 0, {"Marked 1 run(s)"});
    at.at.open_gate();
    check_exit(at.tell({"wait", id}), 0);
    BOOST_TEST(at.attribute(id, "exit_status") == "0\n");
    BOOST_TEST(at.attribute(id, "label") == "on its way\n");
    BOOST_TEST(at.attribute(id, "marked") == "true\n");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(deleting_a_running_run_is_asked_twice_and_stops_it, Seat, seats) {
    const Seat at;
    const auto id = at.made({"gate", "file=" + at.at.gate(), "--no-wait"});
    check_says(at.tell({"runs", "rm"}, "y\n\n"), 4,
               {"Delete 1 run(s)? (Y/n)",
                "WARNING: One or more runs are still running and will be stopped before being "
                "deleted.",
                "Really delete these runs? (y/N)"});
    BOOST_TEST(has(at.tell({"runs"}).out, "running"));
    check_says(at.tell({"runs", "rm"}, "y\ny\n"), 0, {"Stopping " + id, "Deleted 1 run(s)"});
    BOOST_TEST(at.tell({"runs"}).out == "");
    check_exit(at.tell({"runs", "restore", "-y"}), 0);
    BOOST_TEST(has(at.tell({"runs"}).out, "terminated"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(filters_say_which_runs_are_edited, Seat, seats) {
    const Seat at;
    const auto first = at.made({"hello", "-t", "old"});
    const auto second = at.made({"fail"});
    check_says(at.tell({"label", "-Fo", "hello", "-s", "x", "-y"}), 0, {"Labeled 1 run(s)"});
    BOOST_TEST(at.attribute(first, "label") == "x\n"); // the newest of those that are left
    BOOST_TEST(at.attribute(second, "label") == "none");
    check_says(at.tell({"mark", "-Se", "-y"}), 0, {"Marked 1 run(s)"});
    BOOST_TEST(at.attribute(second, "marked") == "true\n");
    check_says(at.tell({"tag", "-Ft", "old", "-a", "new", ":", "-y"}), 0, {"for 1 run(s)"});
    BOOST_TEST(at.attribute(first, "tags") == "- new\n- old\n");
    BOOST_TEST(at.tell({"tag", "--list-all", "-Fm"}).out == "");
    check_says(at.tell({"comment", "-Fl", "x", "-a", "why", "-y"}), 0, {"Added comment to 1"});
    BOOST_TEST(has(at.tell({"comment", "-l", "-Fc", "why"}).out, first.substr(0, 8)));
    check_says(at.tell({"label", "-Fl", "nothing", "-s", "y", "-y"}), 0, {"No runs to modify."});
    check_says(at.tell({"runs", "rm", "-Sc", "-y"}), 0, {"Deleted 1 run(s)"});
    check_says(at.tell({"runs", "restore", "-Se", "-y"}), 0, {"Nothing to restore."});
    check_says(at.tell({"runs", "restore", "-Fo", "hello", "-y"}), 0, {"Restored 1 run(s)"});
    check_says(at.tell({"runs", "rm", "-y"}), 0, {"Deleted 2 run(s)"});
    check_says(at.tell({"runs", "purge", "-Fn", "-y"}), 0, {"Permanently deleted 1 run(s)"});
    BOOST_TEST(names_in(at.home() + "/trash/runs").front() == second);
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_far_running_run_is_edited_but_not_stopped_or_waited_for) {
    scene<over_local> at;
    const auto id = at.start({"gate", "file=" + at.gate()});
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    check_says(at.me.run({"label", "-s", "copied", "-y"}), 0, {"Labeled 1 run(s)"});
    BOOST_TEST(at.copied_file(id, ".guild/attrs/label") == "copied\n");
    BOOST_TEST(at.far_file(id, ".guild/attrs/label") != "copied\n");
    check_says(at.me.run({"stop", id, "-y"}), 0, {"Nothing to stop", "stop " + id + " -r gpu1"});
    check_says(at.me.run({"wait", id}), 1, {"running on gpu1", "wait " + id + " -r gpu1"});
    check_says(at.me.run({"wait"}), 0, {"Nothing to wait for."});
    check_says(at.me.run({"watch", id}), 1, {"watch " + id + " -r gpu1"});
    at.open_gate();
}

BOOST_AUTO_TEST_CASE(an_editor_writes_a_comment) {
    scene<over_local> at;
    check_exit(at.me.run({"run", "hello", "-y"}), 0);
    at.me.write_project_file("editor",
                             "#!/bin/sh\nprintf 'from the %s\\n# not this\\n' \"$1\" > \"$2\"\n");
    fs::permissions(at.me.project() + "/editor", fs::perms::owner_all);
    at.me.environment["EDITOR"] = at.me.project() + "/editor 'good editor'";
    check_says(at.me.run({"comment", "-e", "-y"}), 0, {"Added comment to 1 run(s)"});
    BOOST_TEST(has(at.me.run({"comment", "-l"}).out, "\n  from the good editor\n\n"));
    at.me.environment["EDITOR"] = "truncate -s 0";
    check_says(at.me.run({"comment", "-e", "-y"}), 1, {"Aborting due to an empty comment."});
    at.me.environment["EDITOR"] = "/nonexistent/editor";
    check_says(at.me.run({"comment", "-e", "-y"}), 1, {"cannot start", "EDITOR"});
}

BOOST_AUTO_TEST_CASE(an_unreachable_remote_changes_nothing_and_is_said) {
    scene<over_ssh> at;
    at.place.server.kill();
    for (const std::vector<std::string>& words : {std::vector<std::string>{"label", "-s", "x"},
                                                  {"tag", "-a", "x"},
                                                  {"mark"},
                                                  {"comment", "-a", "x"},
                                                  {"runs", "restore"},
                                                  {"runs", "purge"}}) {
        auto all = words;
        all.insert(all.end(), {"-r", "gpu1", "-y"});
        check_says(at.me.run(all), 1, {"gpu1"});
    }
    check_says(at.me.run({"label", "-s", "x", "-r", "nowhere", "-y"}), 1,
               {"remote nowhere is not defined"});
}

BOOST_AUTO_TEST_SUITE_END()
