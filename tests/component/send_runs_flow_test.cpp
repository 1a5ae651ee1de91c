#include "tests/support/agent_process.hpp"
#include "tests/support/run_sender.hpp"

using namespace outrider;
using namespace outrider::testing;
using protocol::block_size;
using protocol::file_order;

namespace {

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

BOOST_AUTO_TEST_SUITE(send_runs_flow)

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
        run_sender job(there);
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
    run_sender job(there);
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
    run_sender job(there);
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
    run_sender job(there, window);
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

BOOST_AUTO_TEST_CASE(a_transfer_is_cancelled_wherever_it_is) {
    agent_machine there;
    there.write("large", noise(40 * block_size));
    {
        run_sender job(there);
        job.cancel();
        BOOST_TEST(job.refusal() == "cancelled");
    }
    {
        run_sender job(there);
        job.order("large");
        BOOST_REQUIRE(job.advance_once().drained);
        job.cancel();
        BOOST_TEST(job.refusal() == "cancelled");
    }
    run_sender job(there, 10); // waits for credit
    job.order("large");
    BOOST_TEST(!job.advance());
    job.cancel();
    BOOST_TEST(job.refusal() == "cancelled");
}

BOOST_AUTO_TEST_CASE(a_client_that_breaks_the_protocol_ends_its_request) {
    agent_machine there;
    for (const std::string bad : {"", "x", "c", "oo", "s\x01", "g", "o\x01\x30\x00\xff"}) {
        run_sender job(there);
        job.data(bad);
        BOOST_TEST(job.refusal() == "protocol_violation");
    }
    run_sender job(there);
    job.part(protocol::receive_finish{});
    BOOST_TEST(job.refusal() == "protocol_violation");
    run_sender late(there);
    late.part(protocol::orders_end{});
    late.order("x");
    BOOST_TEST(late.refusal() == "protocol_violation");
}

BOOST_AUTO_TEST_CASE(signatures_that_pile_up_cost_blocks_but_no_memory) {
    agent_machine there;
    const auto basis = noise(12 * block_size);
    there.write("file", basis);
    run_sender job(there);
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
    agent::output_queue frames;
    agent::reply_channel wire(frames, id); // parts and data look the same in both directions
    wire.part(protocol::send_begin{there.run_id});
    protocol::packet_writer orders(protocol::packet_kind::orders);
    write_record(orders, file_order{.entry = {.path = "large", .size = size}});
    wire.data(orders.payload());
    wire.part(protocol::orders_end{});
    agent.send_bytes(frames.take());
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
            run_sender job(there, block_size * 3);
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
