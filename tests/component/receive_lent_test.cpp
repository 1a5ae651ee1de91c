// Content that is not sent to the receiver, but lies in memory that it shares with its client.
#include "engine/remotes/shared_memory.hpp"
#include "tests/support/receiving_job.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace outrider;
using namespace outrider::testing;

namespace {

constexpr std::size_t mebi = 1 << 20;

// A receiver, and a client that lends it every packet of content.
struct lending_client {
    std::shared_ptr<shared_buffers> buffers = shared_buffers::make();
    std::vector<std::shared_ptr<char[]>> pieces; // what is lent
    job_driver job;
    content_script script;

    explicit lending_client(const agent_machine& there)
        : job(there.context, &agent::make_receive_runs_job, request()),
          script([this](std::string_view type, const auto& body) { job.raw_part(type, body); },
                 [this](std::string_view payload) { give(payload); }) {
        script.begin(there.run_id, state_of(there.run()));
    }
    lending_client(const lending_client&) = delete;
    lending_client& operator=(const lending_client&) = delete;

    void give(std::string_view payload) {
        if (!payload.starts_with(static_cast<char>(protocol::packet_kind::content))) {
            job.data(payload);
            return;
        }
        auto piece = buffers->take(payload.size());
        if (!piece) { // the receiver has dealt with all of them
            pieces.clear();
            piece = buffers->take(payload.size());
        }
        std::ranges::copy(payload, piece.get());
        const auto size = static_cast<std::int64_t>(payload.size());
        const auto offset = buffers->memory()->offset_of({piece.get(), payload.size()}).value();
        pieces.push_back(std::move(piece));
        job.data(protocol::lent_packet({.offset = offset, .size = size}));
    }
    job_outcome end() {
        script.finish();
        script.end();
        return job.finish();
    }

  private:
    [[nodiscard]] protocol::receive_runs request() const {
        return {.home = ".guild", .memory = buffers->memory()->place()};
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(receive_lent)

BOOST_AUTO_TEST_CASE(what_is_lent_arrives_as_if_it_had_been_sent) {
    agent_machine there;
    lending_client client(there);
    const auto large = noise(20 * mebi);
    client.script.file(a_file("small"), "a few words");
    client.script.file(a_file("large"), large);
    client.script.file(a_file("empty"), "");
    const auto out = client.end();
    BOOST_TEST(out.parts<protocol::memory_seen>().size() == 1U);
    BOOST_TEST(out.reply<protocol::receive_totals>().files == 3);
    BOOST_TEST(there.content(there.in_run("small")) == "a few words");
    BOOST_TEST((there.content(there.in_run("large")) == large));
    BOOST_TEST(there.content(there.in_run("empty")).empty());
    told_packets told;
    for (const auto& frame : out.frames) {
        BOOST_REQUIRE(frame.kind != protocol::frame_kind::data || told.take(frame.payload));
    }
    // The content counts, not where it lay.
    BOOST_TEST(told.acks.back().content == client.script.content_bytes);
}

BOOST_AUTO_TEST_CASE(a_place_outside_of_the_memory_is_a_violation_of_the_protocol) {
    const auto size = shared_buffers::make()->memory()->place().size;
    const std::vector<protocol::lent_content> places{
        {.offset = size, .size = 1},
        {.offset = size - 1, .size = 2},
        {.offset = 0, .size = 0},
        {.offset = INT64_MAX, .size = 1},
        {.offset = 1, .size = INT64_MAX},
        {.offset = 0, .size = 100}}; // of zeros, which are no packet
    for (const auto& place : places) {
        BOOST_TEST_CONTEXT(place.offset << " and " << place.size) {
            agent_machine there;
            lending_client client(there);
            client.script.order(a_file("file", 1));
            client.job.data(protocol::lent_packet(place));
            BOOST_TEST(client.job.finish().error().code == "protocol_violation");
            BOOST_TEST(entries_below(there.run()) == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(memory_that_is_not_what_it_was_said_to_be_is_not_used) {
    const auto memory = shared_buffers::make()->memory();
    const auto right = memory->place();
    auto gone = right;
    gone.path = "/proc/self/fd/9999";
    auto other = right;
    ++other.inode;
    auto longer = right;
    ++longer.size;
    for (const auto& place : {gone, other, longer}) {
        agent_machine there;
        receiving_job to(there, {.memory = place});
        to.begin();
        to.script.file(a_file("file"), "content");
        const auto out = to.end();
        BOOST_TEST(out.parts<protocol::memory_seen>().empty());
        BOOST_TEST(there.content(there.in_run("file")) == "content");
    }
}

BOOST_AUTO_TEST_CASE(pieces_come_back_when_nobody_uses_them_and_outlive_their_owner) {
    auto buffers = shared_buffers::make();
    std::vector<std::shared_ptr<char[]>> taken;
    while (auto piece = buffers->take(mebi)) {
        std::memset(piece.get(), static_cast<int>(taken.size()), mebi);
        taken.push_back(std::move(piece));
    }
    BOOST_REQUIRE(taken.size() >= 4U);
    BOOST_TEST(!buffers->take(1));
    const auto* last = taken.back().get();
    taken.pop_back();
    BOOST_TEST(!buffers->take(9 * mebi));
    BOOST_TEST(buffers->take(1).get() == last);
    const auto elsewhere = noise(10);
    BOOST_TEST(!buffers->memory()->offset_of(elsewhere).has_value());
    buffers.reset();
    for (std::size_t i = 0; i < taken.size(); ++i) {
        BOOST_TEST(taken[i][mebi - 1] == static_cast<char>(i));
    }
}

BOOST_AUTO_TEST_SUITE_END()
