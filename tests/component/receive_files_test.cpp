#include "engine/agent/beneath.hpp"
#include "engine/agent/incoming_file.hpp"
#include "engine/agent/jobs.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/job_driver.hpp"

#include <sys/mount.h>

#include <fstream>

using namespace outrider;
using namespace outrider::testing;
using protocol::file_entry;
using protocol::file_type;
namespace fs = std::filesystem;

namespace {

job_driver receiver(const agent_machine& there, const std::string& package = {}) {
    auto request = there.about<protocol::receive_files>();
    request.package = package;
    return {there.context, &agent::make_receive_files_job, request};
}

file_entry regular(const std::string& path) {
    return {path, file_type::regular, 0, 1'600'000'000'123'456'789, 0640, ""};
}

std::size_t entries_below(const std::string& directory) {
    std::error_code ignored;
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         fs::recursive_directory_iterator(directory, ignored)) {
        ++count;
    }
    return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(receive_files)

BOOST_AUTO_TEST_CASE(files_directories_and_links_arrive_with_modes_and_times) {
    agent_machine there;
    auto job = receiver(there);
    const std::string odd = "odd \xff\n'\"$(x)";
    job.part(
        protocol::file_head{{"sub", file_type::directory, 0, 1'500'000'000'000'000'001, 0550, ""}});
    job.file(regular("sub/inner"), "hello");
    job.file(regular("deep/er/file"), std::string(200'000, 'y'));
    job.file(regular(odd), "");
    job.part(protocol::file_head{{"empty", file_type::directory, 0, 1, 0755, ""}});
    job.part(protocol::file_head{{"dangling", file_type::link, 0, 2, 0777, "../../nowhere"}});
    job.part(protocol::files_end{});
    const auto reply = job.finish().reply<protocol::receive_reply>();
    BOOST_TEST(reply.files == 4);
    BOOST_TEST(reply.bytes == 200'005);
    BOOST_TEST(there.content(there.in_run("sub/inner")) == "hello");
    BOOST_TEST(there.content(there.in_run("deep/er/file")).size() == 200'000U);
    BOOST_TEST(fs::exists(there.in_run(odd)));
    BOOST_TEST(fs::is_directory(there.in_run("empty")));
    BOOST_TEST(fs::read_symlink(there.in_run("dangling")) == "../../nowhere");
    const auto inner = there.state(there.in_run("sub/inner"));
    BOOST_TEST((inner.st_mode & 07777) == 0640U);
    BOOST_TEST(inner.st_mtim.tv_sec == 1'600'000'000);
    BOOST_TEST(inner.st_mtim.tv_nsec == 123'456'789);
    const auto sub = there.state(there.in_run("sub"));
    BOOST_TEST((sub.st_mode & 07777) == 0550U);
    BOOST_TEST(sub.st_mtim.tv_nsec == 1);
    BOOST_TEST(!fs::exists(there.in_run(".guild/outrider")));
}

BOOST_AUTO_TEST_CASE(names_that_lead_outside_are_refused_and_write_nothing) {
    for (const std::string name :
         {"../x", "/abs", "a/../../b", "", "link/x", "file/x", "a//b", ".", ".."}) {
        for (const auto type : {file_type::regular, file_type::directory, file_type::link}) {
            agent_machine there;
            fs::create_directory(there.place / "outside");
            fs::create_directory_symlink(there.place / "outside", there.in_run("link"));
            there.write("file", "stays");
            const auto before = entries_below(there.place.path());
            auto job = receiver(there);
            auto entry = regular(name);
            entry.type = type;
            entry.target = "x";
            if (type == file_type::regular) {
                job.file(entry, "evil");
            } else {
                job.part(protocol::file_head{entry});
            }
            const auto out = job.finish();
            BOOST_TEST_CONTEXT(name) {
                BOOST_REQUIRE(out.failed());
                BOOST_TEST(out.error().code == "bad_input");
                BOOST_TEST(entries_below(there.place.path()) == before);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_existing_link_is_replaced_and_never_written_through) {
    agent_machine there;
    std::ofstream(there.place / "outside") << "mine";
    fs::create_symlink(there.place / "outside", there.in_run("model"));
    fs::create_directory(there.place / "folder");
    fs::create_directory_symlink(there.place / "folder", there.in_run("data"));
    auto job = receiver(there);
    job.file(regular("model"), "new");
    job.part(protocol::file_head{{"data", file_type::directory, 0, 0, 0755, ""}});
    job.file(regular("data/x"), "inside");
    job.part(protocol::files_end{});
    BOOST_TEST(!job.finish().failed());
    BOOST_TEST(there.content(there.place / "outside") == "mine");
    BOOST_TEST(there.content(there.in_run("model")) == "new");
    BOOST_TEST(!fs::is_symlink(there.in_run("data")));
    BOOST_TEST(entries_below(there.place / "folder") == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_replaces_a_directory_and_a_directory_a_file) {
    agent_machine there;
    there.write("was_dir/a/b", "old");
    there.write("was_file", "old");
    there.write("was_dir_too/a", "old");
    auto job = receiver(there);
    job.file(regular("was_dir"), "now a file");
    job.part(protocol::file_head{{"was_file", file_type::directory, 0, 0, 0755, ""}});
    job.part(protocol::file_head{{"was_dir_too", file_type::link, 0, 0, 0777, "was_dir"}});
    job.part(protocol::files_end{});
    BOOST_TEST(!job.finish().failed());
    BOOST_TEST(there.content(there.in_run("was_dir")) == "now a file");
    BOOST_TEST(fs::is_directory(there.in_run("was_file")));
    BOOST_TEST(fs::is_symlink(there.in_run("was_dir_too")));
    BOOST_TEST(!fs::exists(there.in_run(".guild/outrider")));
}

BOOST_AUTO_TEST_CASE(content_that_is_not_what_was_sent_leaves_the_old_file) {
    const protocol::file_end ends[] = {{4, protocol::hash_of("evil"), false}, // wrong content
                                       {5, protocol::hash_of("good"), false}, // wrong size
                                       {4, "", false}};
    for (const auto& end : ends) {
        agent_machine there;
        there.write("file", "old");
        auto job = receiver(there);
        job.part(protocol::file_head{regular("file")});
        job.data("good");
        job.part(end);
        const auto out = job.finish();
        BOOST_REQUIRE(out.failed());
        BOOST_TEST(out.error().code == "protocol_violation");
        BOOST_TEST(there.content(there.in_run("file")) == "old");
        BOOST_TEST(!fs::exists(there.in_run(".guild/outrider")));
    }
}

BOOST_AUTO_TEST_CASE(an_interrupted_stream_leaves_whole_files_only) {
    agent_machine there;
    {
        auto job = receiver(there);
        job.file(regular("whole"), "whole");
        job.part(protocol::file_head{regular("half")});
        job.data("ha");
        BOOST_TEST(fs::exists(there.in_run(".guild/outrider/incoming")));
    } // the connection is gone, and the server drops the job
    BOOST_TEST(there.content(there.in_run("whole")) == "whole");
    BOOST_TEST(!fs::exists(there.in_run("half")));
    BOOST_TEST(!fs::exists(there.in_run(".guild/outrider")));
    auto job = receiver(there);
    job.part(protocol::file_head{regular("half")});
    job.cancel();
    const auto out = job.finish();
    BOOST_TEST(out.error().code == "cancelled");
    BOOST_TEST(!fs::exists(there.in_run(".guild/outrider")));
}

BOOST_AUTO_TEST_CASE(two_streams_into_one_run_do_not_disturb_each_other) {
    agent_machine there;
    auto first = receiver(there);
    auto second = receiver(there);
    first.file(regular("one"), "1");
    first.part(protocol::files_end{});
    BOOST_TEST(!first.finish().failed());
    second.file(regular("two"), "2");
    second.part(protocol::files_end{});
    BOOST_TEST(!second.finish().failed());
    BOOST_TEST(there.content(there.in_run("two")) == "2");
    BOOST_TEST(!fs::exists(there.in_run(".guild")));
}

BOOST_AUTO_TEST_CASE(parts_out_of_order_are_a_violation_of_the_protocol) {
    agent_machine there;
    const std::vector<std::function<void(job_driver&)>> scripts{
        [](job_driver& job) { job.data("of no file"); },
        [](job_driver& job) { job.part(protocol::file_end{0, protocol::hash_of(""), false}); },
        [](job_driver& job) {
            job.part(protocol::file_head{regular("a")});
            job.part(protocol::file_head{regular("b")});
        },
        [](job_driver& job) {
            job.part(protocol::file_head{regular("a")});
            job.part(protocol::files_end{});
        },
        [](job_driver& job) { job.raw_part("nonsense", nullptr); },
        [](job_driver& job) { job.raw_part("file_head", "text"); }};
    for (const auto& script : scripts) {
        auto job = receiver(there);
        script(job);
        const auto out = job.finish();
        BOOST_REQUIRE(out.failed());
        BOOST_TEST(out.error().code == "protocol_violation");
        BOOST_TEST(entries_below(there.run()) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(blocks_of_zeros_become_holes) {
    agent_machine there;
    for (const std::size_t shift : {0, 1, 4095}) {
        std::string content(8 << 20, '\0');
        content[shift] = 'a';
        content[(4 << 20) + shift] = 'b';
        auto job = receiver(there);
        job.part(protocol::file_head{regular("sparse")});
        // Odd pieces: blocks of the file and of the wire do not meet.
        for (std::size_t at = 0; at < content.size(); at += 50'001) {
            job.data(std::string_view(content).substr(at, 50'001));
        }
        job.part(protocol::file_end{static_cast<std::int64_t>(content.size()),
                                    protocol::hash_of(content), false});
        job.part(protocol::files_end{});
        BOOST_TEST(!job.finish().failed());
        BOOST_TEST((there.content(there.in_run("sparse")) == content));
        BOOST_TEST(there.state(there.in_run("sparse")).st_blocks * 512 < 2 << 20);
    }
}

BOOST_AUTO_TEST_CASE(a_package_appears_only_when_all_of_it_is_there) {
    agent_machine there;
    const auto packages = there.context.machine.cache_directory + "/packages";
    const auto present = [&](const std::string& name) {
        return run_job(there.context, &agent::make_find_package_job, protocol::find_package{name})
            .reply<protocol::package_state>()
            .present;
    };
    auto first = receiver(there, "abc");
    auto second = receiver(there, "abc");
    for (auto* job : {&first, &second}) {
        job->file(regular("train.py"), "print()");
        BOOST_TEST(!present("abc"));
    }
    for (auto* job : {&first, &second}) {
        job->part(protocol::files_end{});
        BOOST_TEST(!job->finish().failed());
        BOOST_TEST(present("abc"));
    }
    BOOST_TEST(there.content(packages + "/abc/files/train.py") == "print()");
    // Once there, a stream is read to its end and changes nothing.
    auto third = receiver(there, "abc");
    third.file(regular("train.py"), "other");
    third.part(protocol::files_end{});
    BOOST_TEST(!third.finish().failed());
    BOOST_TEST(there.content(packages + "/abc/files/train.py") == "print()");
    {
        auto broken = receiver(there, "def");
        broken.file(regular("a"), "b");
    }
    BOOST_TEST(!present("def"));
    BOOST_TEST(entries_below(packages) == 3U);
}

BOOST_AUTO_TEST_CASE(bad_names_of_runs_and_packages_are_refused) {
    agent_machine there;
    for (const std::string name : {"../x", "a/b", "..", ".hidden"}) {
        auto job = receiver(there, name);
        BOOST_TEST(job.finish().error().code == "bad_input");
        BOOST_TEST(
            run_job(there.context, &agent::make_find_package_job, protocol::find_package{name})
                .error()
                .code == "bad_input");
    }
    for (const std::string name : {"", "..", "a/b"}) {
        there.run_id = name;
        auto job = receiver(there);
        BOOST_TEST(job.finish().error().code == "bad_input");
    }
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_before_and_during_the_transfer) {
    agent_machine there;
    auto request = there.about<protocol::receive_files>();
    request.bytes = std::int64_t{1} << 60;
    const auto out = run_job(there.context, &agent::make_receive_files_job, request);
    BOOST_TEST(out.error().code == "no_space");
    BOOST_TEST(out.error().context.find("bytes too few are free") != std::string::npos);

    if (::mount("tmpfs", there.run().c_str(), "tmpfs", 0, "size=100k") != 0) {
        BOOST_TEST_MESSAGE("skipped in part: this account may not mount");
        return;
    }
    {
        auto job = receiver(there);
        job.file(regular("small"), "fits");
        job.part(protocol::file_head{regular("large")});
        for (int i = 0; i < 10; ++i) {
            job.data(std::string(60'000, 'x'));
        }
        BOOST_TEST(job.finish().error().code == "no_space");
        BOOST_TEST(there.content(there.in_run("small")) == "fits");
        BOOST_TEST(entries_below(there.run()) == 1U); // the small file
    }
    ::umount(there.run().c_str());
}

BOOST_AUTO_TEST_CASE(leftovers_of_dead_agents_are_swept_after_a_day) {
    agent_machine there;
    const auto alive = std::to_string(::getpid()) + ".1";
    for (const auto& name : {std::string("999999999.1"), alive, std::string("notes")}) {
        there.write(name, "");
    }
    auto folder = agent::open_directory(there.run(), false, 0700);
    BOOST_REQUIRE(folder.has_value());
    agent::sweep_incoming(folder->get(), "", std::time(nullptr) + 60 * 60);
    BOOST_TEST(fs::exists(there.in_run("999999999.1")));
    agent::sweep_incoming(folder->get(), "", std::time(nullptr) + 25 * 60 * 60);
    BOOST_TEST(!fs::exists(there.in_run("999999999.1")));
    BOOST_TEST(fs::exists(there.in_run(alive)));
    BOOST_TEST(fs::exists(there.in_run("notes")));
}

BOOST_AUTO_TEST_SUITE_END()
