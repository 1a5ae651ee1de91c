#include "tests/support/job_driver.hpp"
#include "tests/support/run_sender.hpp"

using namespace outrider;
using namespace outrider::testing;
using protocol::block_size;
using protocol::file_order;
using protocol::file_type;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(send_runs)

BOOST_AUTO_TEST_CASE(files_of_every_size_go_out_in_order_with_modes_and_times) {
    agent_machine there;
    const std::size_t sizes[] = {
        0, 1, block_size - 1, block_size, block_size + 1, 5 * block_size, 5 * block_size + 77, 3};
    run_sender job(there);
    for (std::size_t i = 0; i < std::size(sizes); ++i) {
        const auto name = "deep/dir/" + std::to_string(i);
        there.write(name, noise(sizes[i]));
        ::chmod(there.in_run(name).c_str(), static_cast<mode_t>(0640 + i));
        job.order(name);
    }
    job.finish();
    BOOST_TEST(job.got.story == "WWWWHBBTHBBBBBTHBBBBBBTW");
    BOOST_TEST(job.got.largest_packet < block_size + 1'024);
    for (std::size_t i = 0; i < std::size(sizes); ++i) {
        const auto& file = job.got.files.at(static_cast<std::int64_t>(i));
        const auto state = there.state(there.in_run("deep/dir/" + std::to_string(i)));
        BOOST_TEST((file.content == noise(sizes[i])));
        BOOST_TEST(file.complete);
        BOOST_TEST(!file.live);
        BOOST_TEST(file.mode == static_cast<mode_t>(0640 + i));
        BOOST_TEST(file.mtime_ns == state.st_mtim.tv_sec * 1'000'000'000 + state.st_mtim.tv_nsec);
    }
    BOOST_TEST(job.totals->files == static_cast<std::int64_t>(std::size(sizes)));
    BOOST_TEST(job.totals->bytes == job.got.bytes);
}

BOOST_AUTO_TEST_CASE(names_may_be_any_bytes_and_other_types_need_nothing) {
    agent_machine there;
    const std::string odd = "odd \xff\n'\"$(x)\x01";
    there.write(odd, "odd");
    there.write("dir/\xc3\x28", "in dir");
    fs::create_symlink("x", there.in_run("link"));
    run_sender job(there);
    job.order({.entry = {.path = "dir", .type = file_type::directory}});
    job.order("dir/\xc3\x28");
    job.order({.entry = {.path = "link", .type = file_type::link, .target = "x"}});
    job.order(odd);
    job.finish();
    BOOST_TEST(job.got.story == "WW");
    BOOST_TEST(job.got.files.at(1).content == "in dir");
    BOOST_TEST(job.got.files.at(3).content == "odd");
}

BOOST_AUTO_TEST_CASE(small_files_travel_together) {
    agent_machine there;
    run_sender job(there);
    for (int i = 0; i < 1'000; ++i) {
        there.write(std::to_string(i), noise(1'000, static_cast<unsigned>(i)));
        job.order(std::to_string(i));
    }
    job.finish();
    BOOST_TEST(job.got.files.size() == 1'000U);
    BOOST_TEST((job.got.files.at(777).content == noise(1'000, 777)));
    BOOST_TEST(job.got.largest_packet > 100'000U);
    BOOST_TEST(job.got.largest_packet < block_size + 1'024);
}

BOOST_AUTO_TEST_CASE(holes_and_zeros_are_named_and_not_sent) {
    agent_machine there;
    const auto path = there.in_run("sparse");
    {
        const descriptor file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
        BOOST_REQUIRE(::ftruncate(file.get(), std::int64_t{10} << 30) == 0);
    }
    overwrite(path, 1'000'000'000, "island");
    there.write("zeros", std::string(4 * block_size, '\0') + "end");
    there.write("short", std::string(block_size / 2, '\0'));
    run_sender job(there);
    job.order("zeros");
    job.order("short");
    job.finish();
    BOOST_TEST(job.got.story == "HZBTW");
    BOOST_TEST(job.got.files.at(0).zeros == 4);

    // 10 GiB of it are more than a test should rebuild: the records alone are looked at.
    job_driver raw(there.context, &agent::make_send_runs_job,
                   protocol::send_runs{.home = ".guild", .credit = plenty});
    raw.part(protocol::send_begin{there.run_id});
    protocol::packet_writer out(protocol::packet_kind::orders);
    write_record(out, file_order{.entry = {.path = "sparse"}});
    raw.data(out.payload());
    raw.part(protocol::orders_end{});
    const auto frames = raw.finish();
    BOOST_TEST(frames.data().size() < 2 * block_size);
    std::int64_t next = 0;
    std::int64_t blocks = 0;
    for (const auto& frame : frames.frames) {
        if (frame.kind != protocol::frame_kind::data) {
            continue;
        }
        protocol::packet_reader in(frame.payload);
        while (!in.at_end()) {
            const auto record = read_content_record(in).value();
            BOOST_TEST((record.count == 0 || record.first == next));
            next += record.count;
            blocks += record.kind == protocol::content_record::kind_type::block ? 1 : 0;
        }
    }
    BOOST_TEST(next == (std::int64_t{10} << 30) / static_cast<std::int64_t>(block_size));
    BOOST_TEST(blocks == 1);
    BOOST_TEST(frames.longest_advance.count() < 200'000);
}

BOOST_AUTO_TEST_CASE(what_is_no_file_any_more_is_missing) {
    agent_machine there;
    fs::create_directories(there.place / "outside");
    std::ofstream(there.place / "outside/secret") << "secret";
    fs::create_directory_symlink(there.place / "outside", there.in_run("link"));
    fs::create_symlink(there.place / "outside/secret", there.in_run("direct"));
    fs::create_directory(there.in_run("dir"));
    ::mkfifo(there.in_run("fifo").c_str(), 0600);
    there.write("file", "stays");
    run_sender job(there);
    for (const char* path :
         {"gone", "no/where", "link/secret", "direct", "dir", "fifo", "file/x"}) {
        job.order(path);
    }
    job.order("file");
    job.finish();
    BOOST_TEST(job.got.story == "MMMMMMMW");
    BOOST_TEST(job.got.files.at(7).content == "stays");
    BOOST_TEST(job.totals->files == 1);
}

BOOST_AUTO_TEST_CASE(names_that_lead_outside_are_refused) {
    for (const std::string bad : {"../x", "/etc/passwd", "", "a/../../b", "a//b", "."}) {
        agent_machine there;
        run_sender job(there);
        job.order(bad);
        BOOST_TEST(job.refusal() == "bad_input");
        BOOST_TEST(job.got.story.empty());
    }
    agent_machine there;
    there.write("file", "x");
    run_sender job(there);
    job.order({.entry = {.path = "file"}, .source = "/etc/passwd"});
    BOOST_TEST(job.refusal() == "bad_input");
}

BOOST_AUTO_TEST_CASE(of_a_run_that_is_not_there_everything_is_missing) {
    agent_machine there;
    there.write("a", "a");
    run_sender job(there);
    job.part(protocol::send_begin{"fff"});
    job.order("a");
    job.order("b");
    job.part(protocol::send_begin{there.run_id});
    job.order("a");
    job.finish();
    BOOST_TEST(job.got.story == "MMW");
}

BOOST_AUTO_TEST_CASE(without_a_run_orders_name_the_users_own_files) {
    agent_machine there;
    there.write("file", "mine");
    fs::create_symlink(there.in_run("file"), there.in_run("link"));
    const auto link = there.in_run("link");
    const auto directory = there.run();
    there.run_id.clear();
    run_sender job(there);
    job.order({.entry = {.path = "as/named"}, .source = link});
    job.order({.entry = {.path = "gone"}, .source = link + "-not"});
    job.order({.entry = {.path = "directory"}, .source = directory});
    job.finish();
    BOOST_TEST(job.got.story == "WMM");
    BOOST_TEST(job.got.files.at(0).content == "mine");
    for (const std::string bad : {"", "relative"}) {
        run_sender refused(there);
        refused.order({.entry = {.path = "x"}, .source = bad});
        BOOST_TEST(refused.refusal() == "bad_input");
    }
}

BOOST_AUTO_TEST_SUITE_END()
