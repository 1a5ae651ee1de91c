// Blocks that a sender does not send, but reads into memory that it shares with its client.
#include "engine/remotes/shared_memory.hpp"
#include "tests/support/job_driver.hpp"
#include "tests/support/run_sender.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;
using protocol::block_size;
using protocol::packet_kind;

namespace {

constexpr std::size_t rooms = 4;

std::shared_ptr<shared_memory> some_memory() {
    return shared_memory::make(rooms * protocol::shared_slot_size);
}

// A sender, and a client that keeps what is lent until it has taken it in.
struct borrowing_client {
    std::shared_ptr<shared_memory> memory = some_memory();
    job_driver job;
    std::vector<protocol::lent_content> lent; // not yet given back
    content_model got;

    explicit borrowing_client(const agent_machine& there,
                              std::optional<protocol::shared_memory_file> other = std::nullopt)
        : job(there.context, &agent::make_send_runs_job, request(other)) {
        job.part(protocol::send_begin{there.run_id});
    }

    void order(const std::vector<std::string>& paths) {
        protocol::packet_writer out(packet_kind::orders);
        for (const auto& path : paths) {
            write_record(out, protocol::file_order{.number = next_++, .entry = {.path = path}});
        }
        job.data(out.payload());
    }
    /// Looks at what came meanwhile; of what was sent it takes the content.
    void look() {
        job.advance();
        for (; seen_ < job.frames().size(); ++seen_) {
            const auto& frame = job.frames()[seen_];
            if (frame.kind != protocol::frame_kind::data) {
                continue;
            }
            protocol::packet_reader packet(frame.payload);
            if (packet.kind() == packet_kind::lent) {
                lent.push_back(protocol::read_lent(packet).value());
            } else {
                take_lent(); // the order counts
                got.take(frame.payload);
            }
        }
    }
    void take_lent() {
        for (; taken_ < lent.size(); ++taken_) {
            got.take(bytes_of(lent[taken_]));
        }
    }
    void give_back() {
        std::vector<std::int64_t> offsets;
        for (const auto& one : lent) {
            offsets.push_back(one.offset);
        }
        lent.clear();
        taken_ = 0;
        job.data(protocol::returned_packet(offsets));
    }
    [[nodiscard]] std::string_view bytes_of(const protocol::lent_content& content) const {
        return {memory->bytes().data() + content.offset, static_cast<std::size_t>(content.size)};
    }

  private:
    [[nodiscard]] protocol::send_runs
    request(const std::optional<protocol::shared_memory_file>& other) const {
        return {.home = ".guild", .credit = plenty, .memory = other.value_or(memory->place())};
    }

    std::int64_t next_ = 0;
    std::size_t seen_ = 0;  // frames
    std::size_t taken_ = 0; // of what is lent
};

} // namespace

BOOST_AUTO_TEST_SUITE(send_lent)

BOOST_AUTO_TEST_CASE(what_is_lent_is_what_would_have_been_sent) {
    agent_machine there;
    const auto large = noise(20 * block_size + 100);
    there.write("small", "a few words");
    there.write("large", large);
    there.write("zeros", std::string(3 * block_size, '\0') + "end");
    borrowing_client client(there);
    client.order({"small", "large", "zeros"});
    client.job.part(protocol::orders_end{});
    int returns = 0;
    for (client.look(); !client.job.ended(); client.look()) {
        BOOST_REQUIRE(client.lent.size() == rooms); // or it would not wait
        client.take_lent();
        client.give_back();
        ++returns;
    }
    client.take_lent();
    BOOST_TEST(returns == 5);
    BOOST_TEST(client.got.story == "WH" + std::string(21, 'B') + "THZBT");
    BOOST_TEST((client.got.files.at(1).content == large));
    BOOST_TEST(client.got.files.at(2).zeros == 3);
    // The content counts, not where it lay.
    const auto totals = client.job.finish().reply<protocol::send_totals>();
    BOOST_TEST(totals.bytes == client.got.bytes);
    BOOST_TEST(totals.files == 3);
}

BOOST_AUTO_TEST_CASE(small_files_are_lent_together) {
    agent_machine there;
    borrowing_client client(there);
    std::vector<std::string> contents;
    std::vector<std::string> names;
    for (int i = 0; i < 40; ++i) {
        // The last of a packet makes it longer than a block, or leaves it shorter.
        contents.push_back(noise(static_cast<std::size_t>(i % 5 == 4 ? block_size : i * 800),
                                 static_cast<unsigned>(i)));
        names.push_back(std::to_string(i));
        there.write(names.back(), contents.back());
    }
    client.order(names);
    client.job.part(protocol::orders_end{});
    for (client.look(); !client.job.ended(); client.look()) {
        client.take_lent();
        client.give_back();
    }
    client.take_lent();
    BOOST_TEST(client.got.files.size() == contents.size());
    for (std::size_t i = 0; i < contents.size(); ++i) {
        BOOST_TEST((client.got.files.at(static_cast<std::int64_t>(i)).content == contents[i]));
    }
    const auto out = client.job.finish();
    BOOST_TEST(out.data().size() < 50'000U); // of more than a MiB
    BOOST_TEST(out.reply<protocol::send_totals>().bytes == client.got.bytes);
}

BOOST_AUTO_TEST_CASE(what_is_lent_stays_as_it_is_until_it_is_given_back) {
    agent_machine there;
    there.write("large", noise(20 * block_size));
    borrowing_client client(there);
    client.order({"large"});
    client.look();
    BOOST_REQUIRE(client.lent.size() == rooms);
    const auto kept = client.lent.back();
    const std::string before(client.bytes_of(kept));
    for (int i = 0; i < 3; ++i) { // all but that one, again and again
        client.lent.pop_back();
        client.give_back();
        client.look();
        BOOST_REQUIRE(client.lent.size() == rooms - 1);
        client.lent.push_back(kept);
    }
    BOOST_TEST((client.bytes_of(kept) == before));
}

BOOST_AUTO_TEST_CASE(only_what_is_lent_can_be_given_back) {
    const auto size = some_memory()->place().size;
    for (const auto offset : {size - 1, size, std::int64_t{INT64_MAX}}) {
        agent_machine there;
        there.write("short", noise(block_size + 1)); // in two rooms, of which the last is not used
        borrowing_client client(there);
        client.order({"short"});
        client.look();
        BOOST_REQUIRE(client.lent.size() == 2U);
        client.lent = {{.offset = offset, .size = 1}};
        client.give_back();
        BOOST_TEST(client.job.finish().error().code == "protocol_violation");
    }
    agent_machine there;
    there.write("short", noise(block_size + 1));
    borrowing_client client(there);
    client.order({"short"});
    client.look();
    client.lent = {client.lent.front(), client.lent.front()}; // once is enough
    client.give_back();
    BOOST_TEST(client.job.finish().error().code == "protocol_violation");
}

BOOST_AUTO_TEST_CASE(without_that_memory_everything_is_sent) {
    agent_machine there;
    const auto large = noise(3 * block_size);
    there.write("large", large);
    const auto memory = some_memory();
    auto gone = memory->place();
    gone.path = "/proc/self/fd/9999";
    auto other = memory->place();
    ++other.inode;
    const auto tiny = shared_memory::make(protocol::shared_slot_size - 1);
    for (const auto& place : {gone, other, tiny->place()}) {
        borrowing_client client(there, place);
        client.order({"large"});
        client.job.part(protocol::orders_end{});
        client.look();
        BOOST_TEST(client.job.ended());
        BOOST_TEST(client.lent.empty());
        BOOST_TEST((client.got.files.at(0).content == large));
    }
}

BOOST_AUTO_TEST_SUITE_END()
