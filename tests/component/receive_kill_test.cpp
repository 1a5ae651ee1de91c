#include "tests/support/agent_process.hpp"
#include "tests/support/content_script.hpp"
#include "tests/support/run_home.hpp"

#include <random>

using namespace outrider;
using namespace outrider::testing;
using protocol::block_size;

namespace {

constexpr auto block = static_cast<std::int64_t>(block_size);
// What the sender has in flight at most.
constexpr std::int64_t window = std::int64_t{1} << 20;
const std::string run_id = "0123456789abcdef0123456789abcdef";

/// A real agent that receives, and the sender with its flow window.
struct transfer {
    agent_process agent;
    std::uint32_t id;
    content_script script;
    told_packets told;
    std::size_t taken = 0;       // packets
    std::int64_t sent = 0;       // bytes of content packets, as the agent counts them
    std::int64_t file_bytes = 0; // of blocks

    explicit transfer(const run_home& at)
        : agent(at.cache), id(agent.send(request(at))),
          script([this](std::string_view type, const auto& body) { part(type, body); },
                 [this](std::string_view payload) { data(payload); }) {}

    static protocol::receive_runs request(const run_home& at) {
        protocol::receive_runs out;
        out.home = at.home;
        return out;
    }
    void part(std::string_view type, const protocol::json::value& body) {
        protocol::json::object message;
        message["type"] = type;
        message["body"] = body;
        send(protocol::frame_kind::part, protocol::json::serialize(message));
    }
    void data(std::string_view payload) {
        if (payload.front() == 'c') {
            sent += static_cast<std::int64_t>(payload.size());
        }
        send(protocol::frame_kind::data, payload);
        const auto acked = [this] { return told.acks.empty() ? 0 : told.acks.back().content; };
        while (sent - acked() > window) {
            take_more();
        }
    }
    void send(protocol::frame_kind kind, std::string_view payload) {
        std::string bytes;
        protocol::append_frame(bytes, kind, id, payload);
        agent.send_bytes(bytes);
    }
    // Waits for more of the agent's packets.
    void take_more() {
        const auto& answer = agent.receive(id, bytes_ + 1);
        for (; taken < answer.packets.size(); ++taken) {
            BOOST_REQUIRE(told.take(answer.packets[taken]));
            bytes_ += answer.packets[taken].size();
        }
    }
    const told_signature& basis_of(std::int64_t number) {
        while (!told.signatures[number].last) {
            take_more();
        }
        return told.signatures[number];
    }

  private:
    std::size_t bytes_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(receive_kill)

BOOST_AUTO_TEST_CASE(a_killed_agent_costs_no_more_than_what_was_in_flight) {
    const auto seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const run_home at;
    const auto path = at.home / "runs" / run_id / "model.bin";
    const auto wanted = noise(24 << 20);
    const auto entry = a_file("model.bin", wanted.size());
    std::int64_t here = 0; // bytes that were sent in all, less what may have been in flight
    for (int round = 0; round < 12; ++round) {
        transfer to(at);
        to.script.begin(run_id);
        const auto number = to.script.order(entry, round > 0);
        std::string_view kept;
        if (round > 0) {
            if (random() % 4 == 0) {
                to.agent.kill_now(); // while it prepares the file
                continue;
            }
            kept = to.basis_of(number).hashes;
        }
        const auto have = static_cast<std::int64_t>(kept.size() / 16) * block;
        BOOST_TEST(have >= std::min<std::int64_t>(here, 24 << 20));
        const auto more = static_cast<std::int64_t>(random() % 40);
        to.script.head(number, entry, 24 << 20);
        if (have > 0) {
            to.script.range(protocol::content_record::kind_type::keep, 0, have / block);
        }
        const auto last = std::min<std::int64_t>(have / block + more, (24 << 20) / block - 1);
        for (auto i = have / block; i < last; ++i) {
            to.script.block(i, std::string_view(wanted).substr(
                                   static_cast<std::size_t>(i) * block_size, block_size));
        }
        to.agent.kill_now();
        here = std::max(have, last * block - window - block);
        BOOST_TEST(!fs::exists(path));
    }
    transfer to(at);
    to.script.begin(run_id);
    const auto number = to.script.order(entry, true);
    const auto sent = to.script.delta(number, entry, wanted, to.basis_of(number));
    BOOST_TEST(sent <= (24 << 20) - here);
    to.script.finish();
    to.script.end();
    const auto answer = to.agent.finish(to.id);
    BOOST_TEST(agent_process::reply_of<protocol::receive_runs>(answer).files == 1);
    BOOST_TEST((content(path) == wanted));
    BOOST_TEST(!fs::exists(at.run(run_id).directory / ".guild"));
}

BOOST_AUTO_TEST_CASE(two_agents_take_turns_at_one_run) {
    const run_home at;
    transfer first(at);
    first.script.begin(run_id);
    first.script.file(a_file("file"), "of the first");
    while (first.told.acks.empty()) {
        first.take_more();
    }
    transfer second(at);
    second.script.begin(run_id);
    second.script.file(a_file("file"), "of the second");
    second.script.finish();
    second.script.end();
    first.script.finish();
    first.script.end();
    BOOST_TEST(first.agent.finish(first.id).reply.has_value());
    const auto answer = second.agent.finish(second.id);
    BOOST_TEST(agent_process::reply_of<protocol::receive_runs>(answer).files == 1);
    BOOST_TEST(content(at.home / "runs" / run_id / "file") == "of the second");
    BOOST_TEST(!fs::exists(at.run(run_id).directory / ".guild"));
}

BOOST_AUTO_TEST_CASE(an_agent_answers_others_at_once_while_it_prepares_a_large_file) {
    const run_home at;
    const auto path = at.home / "runs" / run_id / "model.bin";
    fs::create_directories(path.parent_path());
    write(path, noise(256 << 20));
    transfer to(at);
    to.script.begin(run_id);
    const auto number = to.script.order(a_file("model.bin", 256 << 20), true);
    auto longest = std::chrono::steady_clock::duration::zero();
    for (int i = 0; i < 10; ++i) {
        const auto start = std::chrono::steady_clock::now();
        std::ignore = to.agent.call(protocol::ping{});
        longest = std::max(longest, std::chrono::steady_clock::now() - start);
    }
    BOOST_TEST(longest < std::chrono::milliseconds(200)); // slices are of 10 ms; machines are busy
    BOOST_TEST(to.basis_of(number).basis_bytes == 256 << 20);
}

BOOST_AUTO_TEST_SUITE_END()
