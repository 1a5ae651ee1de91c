#include "engine/agent/jobs.hpp"
#include "engine/descriptor.hpp"
#include "engine/protocol/packet.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/content_model.hpp"
#include "tests/support/job_driver.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <random>
#include <thread>

using namespace outrider;
using namespace outrider::testing;
using protocol::block_size;
using protocol::file_order;
using protocol::file_type;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t plenty = std::int64_t{1} << 40;

/// Drives a sender: gives it orders, signatures and credit, and rebuilds what it sends. Unlike
/// `job_driver` it can leave the outbox full, so that the job stops in the middle of a file.
class sender {
  public:
    explicit sender(const agent_machine& there, std::int64_t credit = plenty)
        : job_(agent::make_send_runs_job(there.context, {.home = ".guild", .credit = credit},
                                         agent::reply_channel(outbox_, 7))) {
        if (!there.run_id.empty()) {
            part(protocol::send_begin{there.run_id});
        }
    }

    content_model got;
    std::optional<protocol::failure_message> failed;
    std::optional<protocol::send_totals> totals;

    template <class Part>
    void part(const Part& part) {
        job_->on_part(Part::name, protocol::to_json(part));
    }
    void data(std::string_view payload) { job_->on_data(payload); }
    void order(const std::string& path, bool basis = false) {
        order({.entry = {.path = path}, .basis = basis});
    }
    void order(file_order order) {
        order.number = next_++;
        protocol::packet_writer out(protocol::packet_kind::orders);
        write_record(out, order);
        data(out.payload());
    }
    void signature(std::int64_t number, std::int64_t first, std::string_view basis, bool last) {
        std::string hashes;
        for (auto rest = basis; !rest.empty();) {
            hashes += protocol::bytes_of(protocol::hash_block(rest.substr(0, block_size)));
            rest.remove_prefix(std::min(rest.size(), block_size));
        }
        protocol::packet_writer out(protocol::packet_kind::signature);
        write_record(out, {.number = number, .first = first, .hashes = hashes, .last = last});
        data(out.payload());
    }
    void cancel() { job_->cancel(); }

    /// Goes on until the outbox is as full as it gets, or the job waits for the client.
    agent::job_wait advance_once() {
        for (;;) {
            const auto wait = job_->advance();
            BOOST_REQUIRE(wait.has_value());
            if (wait->drained || wait->input) {
                return *wait;
            }
        }
    }
    /// One call, then the outbox is emptied.
    void drain_once() {
        advance_once();
        take_frames();
    }
    /// Goes on until the job waits for the client (false) or has ended (true).
    bool advance() {
        for (;;) {
            const auto wait = job_->advance();
            take_frames();
            if (!wait || wait->input) {
                return !wait;
            }
        }
    }
    void finish() {
        part(protocol::orders_end{});
        BOOST_REQUIRE_MESSAGE(advance(), "the job waits for more");
        BOOST_REQUIRE_MESSAGE(!failed, (failed ? failed->context : ""));
    }
    /// Fails as it should.
    std::string refusal() {
        BOOST_REQUIRE(advance());
        BOOST_REQUIRE(failed.has_value());
        return failed->code;
    }

  private:
    void take_frames() {
        reader_.feed(outbox_);
        outbox_.clear();
        for (auto next = reader_.next(); next && *next; next = reader_.next()) {
            if ((*next)->kind == protocol::frame_kind::data) {
                got.take((*next)->payload);
            } else if ((*next)->kind == protocol::frame_kind::failure) {
                failed = protocol::decode<protocol::failure_message>((*next)->payload).value();
            } else {
                totals = protocol::decode<protocol::send_totals>((*next)->payload).value();
            }
        }
    }

    std::string outbox_;
    protocol::frame_reader reader_;
    std::int64_t next_ = 0;
    std::unique_ptr<agent::job> job_;
};

std::string noise(std::size_t size, unsigned seed = 1) {
    std::mt19937_64 random(seed);
    std::string out(size + 8, '\0');
    for (std::size_t at = 0; at < size; at += 8) {
        const auto value = random();
        std::copy_n(reinterpret_cast<const char*>(&value), 8, out.begin() + static_cast<long>(at));
    }
    out.resize(size);
    return out;
}

void set_age(const std::string& path, int seconds) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= seconds;
    const timespec times[2] = {now, now};
    BOOST_REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

void append(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

void overwrite(const std::string& path, std::int64_t at, const std::string& text) {
    const descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    BOOST_REQUIRE(::pwrite(file.get(), text.data(), text.size(), at) ==
                  static_cast<ssize_t>(text.size()));
}

long peak_memory_kib(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) {
            return std::stol(line.substr(6));
        }
    }
    return 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(send_runs)

BOOST_AUTO_TEST_CASE(files_of_every_size_go_out_in_order_with_modes_and_times) {
    agent_machine there;
    const std::size_t sizes[] = {
        0, 1, block_size - 1, block_size, block_size + 1, 5 * block_size, 5 * block_size + 77, 3};
    sender job(there);
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
    sender job(there);
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
    sender job(there);
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
    sender job(there);
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
    sender job(there);
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
        sender job(there);
        job.order(bad);
        BOOST_TEST(job.refusal() == "bad_input");
        BOOST_TEST(job.got.story.empty());
    }
    agent_machine there;
    there.write("file", "x");
    sender job(there);
    job.order({.entry = {.path = "file"}, .source = "/etc/passwd"});
    BOOST_TEST(job.refusal() == "bad_input");
}

BOOST_AUTO_TEST_CASE(of_a_run_that_is_not_there_everything_is_missing) {
    agent_machine there;
    there.write("a", "a");
    sender job(there);
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
    sender job(there);
    job.order({.entry = {.path = "as/named"}, .source = link});
    job.order({.entry = {.path = "gone"}, .source = link + "-not"});
    job.order({.entry = {.path = "directory"}, .source = directory});
    job.finish();
    BOOST_TEST(job.got.story == "WMM");
    BOOST_TEST(job.got.files.at(0).content == "mine");
    for (const std::string bad : {"", "relative"}) {
        sender refused(there);
        refused.order({.entry = {.path = "x"}, .source = bad});
        BOOST_TEST(refused.refusal() == "bad_input");
    }
}

BOOST_AUTO_TEST_CASE(only_blocks_that_differ_are_sent) {
    agent_machine there;
    const auto basis = noise(20 * block_size + 100);
    auto changed = basis;
    changed.replace(7 * block_size + 5, 3, "new");
    const struct {
        std::string now;
        std::int64_t kept;
        std::int64_t blocks;
        std::string story;
    } cases[] = {
        {basis, 21, 0, "HKT"},
        {basis + "appended", 20, 1, "HKBT"},
        {basis + noise(3 * block_size, 9), 20, 4, "HKBBBBT"},
        {changed, 20, 1, "HKBKT"},
        {basis.substr(0, 10 * block_size), 10, 0, "HKT"},
        {basis.substr(0, 10 * block_size + 1), 10, 1, "HKBT"},
        {noise(3 * block_size, 5), 0, 3, "HBBBT"},
    };
    for (const auto& c : cases) {
        there.write("file", c.now);
        sender job(there);
        job.got.bases[0] = basis;
        job.order("file", true);
        job.signature(0, 0, basis, true);
        job.finish();
        BOOST_TEST(job.got.story == c.story);
        BOOST_TEST((job.got.files.at(0).content == c.now));
        BOOST_TEST(job.got.files.at(0).kept == c.kept);
        BOOST_TEST(job.got.files.at(0).blocks == c.blocks);
    }
}

BOOST_AUTO_TEST_CASE(blocks_go_out_as_soon_as_their_signatures_come) {
    agent_machine there;
    const auto basis = noise(10 * block_size);
    auto now = basis;
    now.replace(2 * block_size, 3, "new");
    there.write("a", now);
    there.write("b", basis);
    sender job(there);
    job.got.bases[0] = basis;
    job.got.bases[1] = basis;
    job.order("a", true);
    job.order("b", true);
    BOOST_TEST(!job.advance());
    BOOST_TEST(job.got.story == "H");
    job.signature(0, 0, std::string_view(basis).substr(0, 4 * block_size), false);
    BOOST_TEST(!job.advance());
    BOOST_TEST(job.got.story == "HKBK");
    job.signature(0, 4, std::string_view(basis).substr(4 * block_size, 2 * block_size), false);
    BOOST_TEST(!job.advance());
    // The rest of the basis is gone: the receiver was interrupted there.
    job.signature(0, 6, "", true);
    job.signature(1, 0, basis, true);
    job.finish();
    BOOST_TEST(job.got.story == "HKBKKBBBBTHKT");
    BOOST_TEST((job.got.files.at(0).content == now));
    BOOST_TEST((job.got.files.at(1).content == basis));
}

BOOST_AUTO_TEST_CASE(signatures_of_files_that_need_none_are_passed_over) {
    agent_machine there;
    const auto basis = noise(9 * block_size);
    there.write("shrunk", "small now");
    there.write("kept", basis);
    sender job(there);
    job.got.bases[2] = basis;
    job.order("shrunk", true);
    job.order("gone", true);
    job.order("kept", true);
    for (int i = 0; i < 3; ++i) {
        job.signature(i, 0, basis, true);
    }
    job.finish();
    BOOST_TEST(job.got.story == "WMHKT");
}

BOOST_AUTO_TEST_CASE(no_byte_is_sent_that_was_not_granted) {
    agent_machine there;
    std::vector<std::string> contents;
    for (int i = 0; i < 40; ++i) {
        contents.push_back(noise(static_cast<std::size_t>(i % 4 == 0 ? 400'000 : i * 3'000),
                                 static_cast<unsigned>(i)));
        there.write(std::to_string(i), contents.back());
    }
    const std::int64_t window = block_size + 1'000;
    sender job(there, window);
    for (std::size_t i = 0; i < contents.size(); ++i) {
        job.order(std::to_string(i));
    }
    job.part(protocol::orders_end{});
    std::int64_t granted = window;
    int grants = 0;
    while (!job.advance()) {
        BOOST_REQUIRE_LE(job.got.bytes, granted);
        BOOST_REQUIRE_GT(job.got.bytes + window, granted); // never stuck
        granted = job.got.bytes + window;
        job.data(protocol::credit_packet(granted));
        job.data(protocol::credit_packet(granted / 2)); // late: means nothing
        ++grants;
    }
    BOOST_TEST(!job.failed.has_value());
    BOOST_TEST(grants > 20);
    BOOST_TEST(job.got.files.size() == contents.size());
    for (std::size_t i = 0; i < contents.size(); ++i) {
        BOOST_TEST((job.got.files.at(static_cast<std::int64_t>(i)).content == contents[i]));
    }
}

BOOST_AUTO_TEST_CASE(a_large_file_that_grows_is_sent_as_far_as_it_went_and_is_live) {
    agent_machine there;
    const auto before = noise(40 * block_size + 50);
    there.write("log", before);
    set_age(there.in_run("log"), 100);
    const auto state = there.state(there.in_run("log"));
    sender job(there);
    job.order("log");
    BOOST_REQUIRE(job.advance_once().drained); // in the middle of the file
    append(there.in_run("log"), "more");
    job.finish();
    const auto& file = job.got.files.at(0);
    BOOST_TEST((file.content == before));
    BOOST_TEST(file.live);
    BOOST_TEST(file.heads == 1);
    BOOST_TEST(file.mtime_ns == state.st_mtim.tv_sec * 1'000'000'000 + state.st_mtim.tv_nsec);
}

BOOST_AUTO_TEST_CASE(a_large_file_that_changes_is_begun_again_and_whole_in_the_end) {
    agent_machine there;
    const auto basis = noise(40 * block_size);
    there.write("file", basis);
    set_age(there.in_run("file"), 100);
    sender job(there);
    job.order("file");
    BOOST_REQUIRE(job.advance_once().drained);
    overwrite(there.in_run("file"), 5, "changed");
    job.finish();
    const auto& file = job.got.files.at(0);
    auto now = basis;
    now.replace(5, 7, "changed");
    BOOST_TEST((file.content == now));
    BOOST_TEST(!file.live);
    BOOST_TEST(file.heads == 2);
}

BOOST_AUTO_TEST_CASE(a_file_that_keeps_changing_is_live_after_three_readings) {
    agent_machine there;
    there.write("file", noise(40 * block_size));
    sender job(there);
    job.order("file");
    int age = 1'000;
    for (int reading = 0; reading < 3; ++reading) {
        while (job.got.files.empty() || job.got.files.at(0).heads <= reading) {
            job.drain_once();
        }
        set_age(there.in_run("file"), --age);
    }
    job.finish();
    BOOST_TEST(job.got.files.at(0).heads == 3);
    BOOST_TEST(job.got.files.at(0).live);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_short_meanwhile_ends_there) {
    agent_machine there;
    const auto content = noise(40 * block_size);
    there.write("file", content);
    sender job(there);
    job.order("file");
    BOOST_REQUIRE(job.advance_once().drained);
    BOOST_REQUIRE(::truncate(there.in_run("file").c_str(), 20 * block_size + 9) == 0);
    job.finish();
    const auto& file = job.got.files.at(0);
    BOOST_TEST((file.content == content.substr(0, 20 * block_size + 9)));
    BOOST_TEST(!file.live);
    BOOST_TEST(file.heads == 2);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_removed_or_replaced_while_it_is_sent_is_sent_whole) {
    agent_machine there;
    const auto content = noise(40 * block_size);
    there.write("file", content);
    sender job(there);
    job.order("file");
    BOOST_REQUIRE(job.advance_once().drained);
    there.write("new", "new");
    fs::rename(there.in_run("new"), there.in_run("file"));
    job.finish();
    BOOST_TEST((job.got.files.at(0).content == content));
    BOOST_TEST(job.got.files.at(0).heads == 1);
    BOOST_TEST(!job.got.files.at(0).live);
}

BOOST_AUTO_TEST_CASE(no_half_of_a_change_is_taken_for_a_whole_file) {
    agent_machine there;
    // The writer replaces all of the file's bytes by others, one after the other.
    there.write("file", std::string(100'000, 'a'));
    std::atomic<bool> over = false;
    std::thread writer([&] {
        const descriptor file(::open(there.in_run("file").c_str(), O_WRONLY | O_CLOEXEC));
        for (char letter = 'a'; !over;
             letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1)) {
            const std::string text(100'000, letter);
            for (std::size_t at = 0; at < text.size(); at += 10'000) {
                if (::pwrite(file.get(), text.data(), 10'000, static_cast<off_t>(at)) < 0) {
                    return;
                }
            }
            if (letter == 'm') { // now and then it rests, so that some readings succeed
                std::this_thread::sleep_for(std::chrono::milliseconds(60));
            }
        }
    });
    sender job(there);
    for (int i = 0; i < 20; ++i) {
        job.order("file");
    }
    job.finish();
    over = true;
    writer.join();
    for (const auto& [number, file] : job.got.files) {
        const bool uniform =
            file.content.find_first_not_of(file.content.front()) == std::string::npos;
        BOOST_TEST((uniform || file.live));
    }
}

BOOST_AUTO_TEST_CASE(output_of_a_running_run_ends_at_a_whole_line) {
    const std::string line = noise(70'000) + "\n";
    const struct {
        std::string content;
        int age;
        std::size_t sent;
        bool live;
    } cases[] = {
        {"one\ntwo\n", 0, 8, false},
        {"one\ntwo\nthr", 0, 8, true},
        {"one\ntwo\nthr", 100, 11, false},
        {"no line feed", 0, 12, false},
        {"", 0, 0, false},
        {"\nx", 0, 1, true},
        {std::string(200'000, 'x') + "\nabc", 0, 200'001, true},
        {"x\n" + std::string(100'000, 'x'), 0, 100'002, false},
    };
    for (const auto& c : cases) {
        agent_machine there;
        there.write(".guild/output", c.content);
        set_age(there.in_run(".guild/output"), c.age);
        there.write("output", c.content);
        sender job(there);
        job.order(".guild/output");
        job.order("output");
        job.finish();
        BOOST_TEST((job.got.files.at(0).content == c.content.substr(0, c.sent)));
        BOOST_TEST(job.got.files.at(0).live == c.live);
        BOOST_TEST((job.got.files.at(1).content == c.content));
        BOOST_TEST(!job.got.files.at(1).live);
    }
}

BOOST_AUTO_TEST_CASE(a_transfer_is_cancelled_wherever_it_is) {
    agent_machine there;
    there.write("large", noise(40 * block_size));
    {
        sender job(there);
        job.cancel();
        BOOST_TEST(job.refusal() == "cancelled");
    }
    {
        sender job(there);
        job.order("large");
        BOOST_REQUIRE(job.advance_once().drained);
        job.cancel();
        BOOST_TEST(job.refusal() == "cancelled");
    }
    sender job(there, 10); // waits for credit
    job.order("large");
    BOOST_TEST(!job.advance());
    job.cancel();
    BOOST_TEST(job.refusal() == "cancelled");
}

BOOST_AUTO_TEST_CASE(a_client_that_breaks_the_protocol_ends_its_request) {
    agent_machine there;
    for (const std::string bad : {"", "x", "c", "oo", "s\x01", "g", "o\x01\x30\x00\xff"}) {
        sender job(there);
        job.data(bad);
        BOOST_TEST(job.refusal() == "protocol_violation");
    }
    sender job(there);
    job.part(protocol::files_end{});
    BOOST_TEST(job.refusal() == "protocol_violation");
    sender late(there);
    late.part(protocol::orders_end{});
    late.order("x");
    BOOST_TEST(late.refusal() == "protocol_violation");
}

BOOST_AUTO_TEST_CASE(signatures_that_pile_up_cost_blocks_but_no_memory) {
    agent_machine there;
    const auto basis = noise(12 * block_size);
    there.write("file", basis);
    sender job(there);
    job.got.bases[1] = basis;
    const std::string flood(std::size_t{100} << 10, 'h');
    std::int64_t first = 0;
    for (const std::size_t size : {flood.size(), std::size_t{1'600}, std::size_t{16}}) {
        for (int i = 0; i < 200;
             ++i, first += 10'000) { // more than is kept, in ever smaller pieces
            protocol::packet_writer out(protocol::packet_kind::signature);
            write_record(out, {.number = 0, .first = first, .hashes = flood.substr(0, size)});
            job.data(out.payload());
        }
    }
    job.signature(0, first, "", true);
    job.order("gone", true);
    job.order("file", true);
    job.signature(1, 0, basis, true); // nothing of it is kept any more
    job.finish();
    BOOST_TEST(job.got.files.at(1).blocks == 12);
    BOOST_TEST((job.got.files.at(1).content == basis));
}

BOOST_AUTO_TEST_CASE(the_agent_needs_little_memory_for_a_large_file) {
    agent_machine there;
    constexpr std::int64_t size = std::int64_t{200} << 20;
    const auto piece = noise(std::size_t{1} << 20);
    there.write("large", "");
    for (std::int64_t at = 0; at < size; at += std::int64_t{1} << 20) {
        overwrite(there.in_run("large"), at, piece);
    }
    agent_process agent(there.place / "cache", {{"HOME", there.context.machine.home}});
    const auto id = agent.send(protocol::send_runs{.home = ".guild", .credit = plenty});
    std::string frames;
    agent::reply_channel wire(frames, id); // parts and data look the same in both directions
    wire.part(protocol::send_begin{there.run_id});
    protocol::packet_writer orders(protocol::packet_kind::orders);
    write_record(orders, file_order{.entry = {.path = "large", .size = size}});
    wire.data(orders.payload());
    wire.part(protocol::orders_end{});
    agent.send_bytes(frames);
    const auto answer = agent.finish(id);
    BOOST_TEST(agent_process::reply_of<protocol::send_runs>(answer).files == 1);
    BOOST_TEST(static_cast<std::int64_t>(answer.data.size()) > size);
    BOOST_TEST(peak_memory_kib(agent.pid) > 0);
    BOOST_TEST(peak_memory_kib(agent.pid) < 16'000);
}

BOOST_AUTO_TEST_CASE(random_files_come_out_as_they_are) {
    for (unsigned seed = 1; seed <= 30; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            std::mt19937 random(seed);
            const auto below = [&](std::size_t n) { return random() % n; };
            agent_machine there;
            sender job(there, block_size * 3);
            std::vector<std::string> contents;
            std::vector<std::string> bases;
            for (std::size_t i = 0; i < 12; ++i) {
                auto content = noise(below(2) == 0 ? below(2'000) : below(2'000'000), seed);
                for (auto cuts = below(4); cuts > 0 && !content.empty(); --cuts) {
                    const auto at = below(content.size());
                    const auto size = std::min(content.size() - at, below(600'000));
                    content.replace(at, size, std::string(size, '\0'));
                }
                auto basis = content.substr(0, content.empty() ? 0 : below(content.size() + 1));
                if (!basis.empty()) {
                    basis[below(basis.size())] ^= 1;
                }
                const bool with_basis = below(2) == 0;
                there.write(std::to_string(i), content);
                job.order(std::to_string(i), with_basis);
                if (with_basis) {
                    job.signature(static_cast<std::int64_t>(i), 0, basis, true);
                }
                job.got.bases[static_cast<std::int64_t>(i)] = basis;
                contents.push_back(content);
            }
            job.part(protocol::orders_end{});
            while (!job.advance()) {
                job.data(protocol::credit_packet(job.got.bytes +
                                                 static_cast<std::int64_t>(3 * block_size)));
            }
            BOOST_REQUIRE(!job.failed);
            for (std::size_t i = 0; i < contents.size(); ++i) {
                BOOST_TEST((job.got.files.at(static_cast<std::int64_t>(i)).content == contents[i]));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
