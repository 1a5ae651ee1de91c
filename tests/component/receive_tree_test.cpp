#include "tests/support/receiving_job.hpp"

#include <unistd.h>

#include <fstream>

using namespace outrider;
using namespace outrider::testing;
using protocol::file_type;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(receive_tree)

BOOST_AUTO_TEST_CASE(files_directories_and_links_arrive_with_modes_and_times) {
    agent_machine there;
    receiving_job to(there);
    to.begin();
    const std::string odd = "odd \xff\n'\"$(x)";
    to.script.order({"sub", file_type::directory, 0, 1'500'000'000'000'000'001, 0550, ""});
    to.script.file(a_file("sub/inner"), "hello");
    to.script.file(a_file("deep/er/file"), noise(200'000));
    to.script.file(a_file(odd), "");
    auto old = a_file("old");
    old.mtime_ns = -1'500'000'000;
    old.mode = 0666;
    to.script.file(old, "before 1970");
    to.script.order({"empty", file_type::directory, 0, 1, 0755, ""});
    to.script.order({"dangling", file_type::link, 0, 2, 0777, "../../nowhere"});
    const auto out = to.end();
    const auto reply = out.reply<protocol::receive_totals>();
    BOOST_TEST(reply.files == 5);
    BOOST_TEST(reply.bytes == 200'016);
    BOOST_TEST(out.parts<protocol::run_received>().at(0).files == 5);
    BOOST_TEST(there.content(there.in_run("sub/inner")) == "hello");
    BOOST_TEST((there.content(there.in_run("deep/er/file")) == noise(200'000)));
    BOOST_TEST(fs::exists(there.in_run(odd)));
    BOOST_TEST(fs::is_directory(there.in_run("empty")));
    BOOST_TEST(fs::read_symlink(there.in_run("dangling")) == "../../nowhere");
    BOOST_TEST(there.state(there.in_run("dangling")).st_mtim.tv_nsec == 2);
    for (const std::string name : {"sub/inner", "deep/er/file"}) {
        const auto found = there.state(there.in_run(name));
        BOOST_TEST((found.st_mode & 07777) == 0640U);
        BOOST_TEST(found.st_mtim.tv_sec == 1'600'000'000);
        BOOST_TEST(found.st_mtim.tv_nsec == 123'456'789);
    }
    const auto before = there.state(there.in_run("old"));
    BOOST_TEST((before.st_mode & 07777) == 0666U);
    BOOST_TEST(before.st_mtim.tv_sec == -2);
    BOOST_TEST(before.st_mtim.tv_nsec == 500'000'000);
    const auto sub = there.state(there.in_run("sub"));
    BOOST_TEST((sub.st_mode & 07777) == 0550U);
    BOOST_TEST(sub.st_mtim.tv_nsec == 1);
    BOOST_TEST(!fs::exists(there.in_run(".guild")));
}

BOOST_AUTO_TEST_CASE(names_that_lead_outside_are_refused_and_write_nothing) {
    for (const std::string name :
         {"../x", "/abs", "a/../../b", "", "link/x", "file/x", "a//b", ".", "..", ".guild/LOCK",
          ".guild/LOCK.remote", ".guild/outrider/incoming/x"}) {
        for (const auto type : {file_type::regular, file_type::directory, file_type::link}) {
            agent_machine there;
            fs::create_directory(there.place / "outside");
            fs::create_directory_symlink(there.place / "outside", there.in_run("link"));
            there.write("file", "stays");
            const auto before = entries_below(there.place.path());
            receiving_job to(there);
            to.begin();
            auto entry = a_file(name, 4);
            entry.type = type;
            entry.target = "x";
            const auto number = to.script.order(entry);
            if (type == file_type::regular) {
                to.script.whole(number, entry, "evil");
            }
            BOOST_TEST_CONTEXT(name) {
                const auto out = to.job.finish();
                BOOST_REQUIRE(out.failed());
                BOOST_TEST(out.error().code == "bad_input");
                BOOST_TEST(entries_below(there.place.path()) == before);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(each_type_replaces_each_other_and_links_are_never_followed) {
    const auto large = noise(300'000);
    for (const std::string was : {"file", "directory", "link", "nothing"}) {
        agent_machine there;
        fs::create_directory(there.place / "outside");
        std::ofstream(there.place / "outside/file") << "mine";
        for (const std::string name : {"small", "large", "link", "directory"}) {
            if (was == "file") {
                there.write(name, "old");
            } else if (was == "directory") {
                there.write(name + "/a/b", "old");
                fs::permissions(there.in_run(name), fs::perms::owner_read);
            } else if (was == "link") {
                fs::create_directory_symlink(there.place / "outside", there.in_run(name));
            }
        }
        receiving_job to(there);
        to.begin();
        to.script.order({"directory", file_type::directory, 0, 7, 0700, ""});
        to.script.file(a_file("directory/file"), "inside");
        to.script.file(a_file("large"), large);
        to.script.order({"link", file_type::link, 0, 0, 0777, "small"});
        to.script.file(a_file("small"), "new");
        BOOST_TEST_CONTEXT(was) {
            BOOST_TEST(!to.end().failed());
            BOOST_TEST(there.content(there.in_run("small")) == "new");
            BOOST_TEST((there.content(there.in_run("large")) == large));
            BOOST_TEST(fs::is_symlink(there.in_run("link")));
            BOOST_TEST(!fs::is_symlink(there.in_run("directory")));
            BOOST_TEST(there.content(there.in_run("directory/file")) == "inside");
            BOOST_TEST(there.state(there.in_run("directory")).st_mtim.tv_nsec == 7);
            BOOST_TEST(entries_below(there.place / "outside") == 1U);
            BOOST_TEST(!fs::exists(there.in_run(".guild")));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_ordinary_user_fills_directories_that_may_not_be_written) {
    if (::geteuid() != 0) {
        BOOST_TEST_MESSAGE("skipped: made for root, who becomes an ordinary user");
        return;
    }
    agent_machine there;
    constexpr uid_t nobody = 65534;
    there.write("locked/in/file", "old");
    there.write("locked/gone", "old");
    there.write("replaced/in/file", "old");
    for (const auto& each : fs::recursive_directory_iterator(there.place.path())) {
        BOOST_REQUIRE(::lchown(each.path().c_str(), nobody, nobody) == 0);
    }
    BOOST_REQUIRE(::chown(there.place.path().c_str(), nobody, nobody) == 0);
    for (const std::string name : {"locked/in", "locked", "replaced/in", "replaced"}) {
        fs::permissions(there.in_run(name), fs::perms(0555));
    }
    BOOST_REQUIRE(::seteuid(nobody) == 0);
    {
        receiving_job to(there);
        to.begin();
        to.script.order({"made", file_type::directory, 0, 5, 0500, ""});
        to.script.file(a_file("made/file"), "new");
        to.script.file(a_file("locked/in/file"), "new");
        to.script.file(a_file("locked/in/large"), noise(200'000));
        to.script.file(a_file("locked/in/deeper/file"), "new");
        to.script.order({"locked/in/link", file_type::link, 0, 5, 0777, "file"});
        to.script.file(a_file("replaced"), "new");
        protocol::receive_marks marks;
        marks.remove = {"locked/gone"};
        to.script.part(marks);
        const auto out = to.end();
        BOOST_TEST(!out.failed(), std::string_view(out.frames.back().payload));
    }
    BOOST_REQUIRE(::seteuid(0) == 0);
    for (const std::string name : {"made/file", "locked/in/file", "locked/in/link", "replaced"}) {
        BOOST_TEST(there.content(there.in_run(name)) == "new");
    }
    BOOST_TEST(!fs::exists(there.in_run("locked/gone")));
    BOOST_TEST((there.state(there.in_run("made")).st_mode & 07777) == 0500U);
    BOOST_TEST((there.state(there.in_run("locked")).st_mode & 07777) == 0555U);
    BOOST_TEST((there.state(there.in_run("locked/in")).st_mode & 07777) == 0555U);
    BOOST_TEST(!fs::exists(there.in_run(".guild")));
}

BOOST_AUTO_TEST_SUITE_END()
