#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/protocol/messages.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace outrider::testing {

/// What a job sent: its frames, taken apart.
struct job_outcome {
    std::vector<protocol::frame> frames; ///< in order, the last one is `reply` or `failure`
    std::chrono::microseconds longest_advance{};

    [[nodiscard]] bool failed() const {
        return frames.empty() || frames.back().kind != protocol::frame_kind::reply;
    }
    [[nodiscard]] protocol::failure_message error() const {
        return protocol::decode<protocol::failure_message>(frames.back().payload).value();
    }
    template <class Reply>
    [[nodiscard]] Reply reply() const {
        BOOST_REQUIRE_MESSAGE(!failed(), std::string_view(frames.back().payload));
        return protocol::decode<Reply>(frames.back().payload).value();
    }
    /// The bodies of all parts of one type.
    template <class Part>
    [[nodiscard]] std::vector<Part> parts() const {
        std::vector<Part> out;
        for (const auto& frame : frames) {
            if (frame.kind != protocol::frame_kind::part) {
                continue;
            }
            const auto value = protocol::parse_json(frame.payload).value();
            if (value.at("type").as_string() == Part::name) {
                BOOST_REQUIRE(protocol::from_json(value.at("body"), out.emplace_back()));
            }
        }
        return out;
    }
    /// All data, joined.
    [[nodiscard]] std::string data() const {
        std::string out;
        for (const auto& frame : frames) {
            if (frame.kind == protocol::frame_kind::data) {
                out += frame.payload;
            }
        }
        return out;
    }
};

/// Drives one job as the server's loop does: advances it, feeds it what the client sends, takes
/// frames out of its outbox.
class job_driver {
  public:
    template <class Request>
    job_driver(const agent::agent_context& context, agent::job_factory<Request> make,
               Request request)
        : job_(make(context, std::move(request), agent::reply_channel(outbox_, 7))) {}

    /// Advances until the job waits for input or has ended.
    bool advance() {
        while (!ended_) {
            const auto start = agent::clock::now();
            const auto wait = job_->advance();
            longest_ = std::max(longest_, std::chrono::duration_cast<std::chrono::microseconds>(
                                              agent::clock::now() - start));
            take_frames();
            ended_ = !wait;
            if (wait && wait->input) {
                break;
            }
        }
        return !ended_;
    }
    template <class Part>
    void part(const Part& part) {
        raw_part(Part::name, protocol::to_json(part));
    }
    void raw_part(std::string_view type, const protocol::json::value& body) {
        if (advance()) {
            job_->on_part(type, body);
        }
    }
    void data(std::string_view bytes) {
        if (advance()) {
            job_->on_data(bytes);
        }
    }
    void cancel() { job_->cancel(); }
    [[nodiscard]] bool ended() const { return ended_; }
    /// What came so far.
    [[nodiscard]] const std::vector<protocol::frame>& frames() const { return frames_; }
    job_outcome finish() {
        BOOST_REQUIRE_MESSAGE(!advance(), "the job waits for more");
        return {std::move(frames_), longest_};
    }

  private:
    void take_frames() {
        reader_.feed(outbox_.take());
        for (;;) {
            auto next = reader_.next();
            BOOST_REQUIRE(next.has_value());
            if (!*next) {
                return;
            }
            BOOST_REQUIRE_EQUAL((*next)->request, 7U);
            frames_.push_back(std::move(**next));
        }
    }

    agent::output_queue outbox_;
    protocol::frame_reader reader_;
    std::vector<protocol::frame> frames_;
    std::chrono::microseconds longest_{};
    bool ended_ = false;
    std::unique_ptr<agent::job> job_;
};

/// Runs a request that takes no input.
template <class Request>
job_outcome run_job(const agent::agent_context& context, agent::job_factory<Request> make,
                    Request request) {
    job_driver driver(context, make, std::move(request));
    return driver.finish();
}

} // namespace outrider::testing
