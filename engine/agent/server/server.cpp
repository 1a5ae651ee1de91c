#include "engine/agent/server/server.hpp"

#include "engine/agent/server/dispatch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <map>
#include <vector>

namespace outrider::agent {
namespace {

using protocol::frame_kind;

/// Requests in flight at once; a client that wants more breaks the protocol.
constexpr std::size_t max_jobs = 256;
/// While more than this waits to be written, no further request is read, bytes.
constexpr std::size_t max_outbox = std::size_t{8} << 20;
/// Bytes between us and the client's process, where that is a pipe: fewer turns for the same bytes.
constexpr int pipe_room = 256 << 10;
/// The same for an agent that has more to write than that. Not for each: all pipes of a user share
/// 64 MiB, beyond which new ones are tiny.
constexpr int bulk_pipe_room = 1 << 20;

/// Between two looks at what an idle client has read, milliseconds.
constexpr int collect_interval_ms = 100;

/// Bytes that are read at once.
constexpr std::size_t input_chunk = std::size_t{128} << 10;

struct running_job {
    std::unique_ptr<job> work;
    job_wait wait;
    bool ready = true; ///< call `advance` in this round
};

/// One poll loop: reads frames, lets jobs go on, writes what they produced. It owns the jobs; the
/// end of the input ends it and them.
class server {
  public:
    server(const agent_context& context, int input, int output)
        : context_(context), input_(input), output_(output), client_(output) {}

    int run();

  private:
    void send_hello();
    bool read_input();
    void on_frame(protocol::frame frame);
    void on_request(const protocol::frame& frame);
    void on_part(running_job& target, const protocol::frame& frame);
    void advance_jobs();
    bool write_output();
    void fit_pipe();
    void wait_for_events();
    bool drained(const running_job& entry, std::uint32_t id);
    static bool told(const running_job& entry);
    int poll_timeout();

    const agent_context& context_;
    int input_;
    int output_;
    lending_pipe client_; // to which `output_` leads
    output_queue outbox_;
    protocol::frame_reader reader_;
    std::map<std::uint32_t, running_job> jobs_;
    std::vector<job_wait> background_waits_; // of this round
    int pipe_room_ = pipe_room;
    bool input_ready_ = false;
    bool violated_ = false;
};

void server::send_hello() {
    const protocol::hello hello{
        .version = protocol::version, .build = context_.build, .machine = context_.machine};
    outbox_.add(frame_kind::hello, 0, protocol::encode(hello));
}

bool server::read_input() {
    const auto chunk = reader_.prepare_frame(input_chunk);
    const auto got = ::read(input_, chunk.data(), chunk.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return true;
    }
    if (got <= 0) {
        return false;
    }
    reader_.commit(static_cast<std::size_t>(got));
    for (;;) {
        auto next = reader_.next();
        if (!next) {
            violated_ = true;
            return false;
        }
        if (!next->has_value()) {
            return !violated_;
        }
        on_frame(std::move(**next));
    }
}

void server::on_frame(protocol::frame frame) {
    if (frame.kind == frame_kind::request) {
        on_request(frame);
        return;
    }
    const auto found = jobs_.find(frame.request);
    if (found == jobs_.end()) {
        return; // of a request that has ended meanwhile
    }
    running_job& target = found->second;
    switch (frame.kind) {
    case frame_kind::part:
        on_part(target, frame);
        break;
    case frame_kind::data:
        target.work->on_data(frame.payload);
        target.ready = true;
        break;
    case frame_kind::cancel:
        target.work->cancel();
        target.ready = true;
        break;
    default:
        violated_ = true; // only an agent sends these
    }
}

void server::on_request(const protocol::frame& frame) {
    if (jobs_.contains(frame.request) || jobs_.size() >= max_jobs) {
        violated_ = true;
        return;
    }
    reply_channel channel(outbox_, frame.request);
    auto made = make_job(context_, frame.payload, channel);
    if (!made) {
        channel.fail(made.error());
        return;
    }
    jobs_[frame.request].work = std::move(*made);
}

void server::on_part(running_job& target, const protocol::frame& frame) {
    const auto parsed = protocol::parse_json(frame.payload);
    const auto* object = parsed ? parsed->if_object() : nullptr;
    const auto* type = object != nullptr ? object->if_contains("type") : nullptr;
    const auto* body = object != nullptr ? object->if_contains("body") : nullptr;
    if (type == nullptr || !type->is_string() || body == nullptr) {
        violated_ = true;
        return;
    }
    target.work->on_part(std::string_view(type->get_string()), *body);
    target.ready = true;
}

void server::advance_jobs() {
    for (auto at = jobs_.begin(); at != jobs_.end();) {
        running_job& entry = at->second;
        if (!entry.ready) {
            ++at;
            continue;
        }
        entry.ready = false;
        std::optional<job_wait> wait;
        try {
            wait = entry.work->advance();
        } catch (const std::exception& error) {
            // A broken invariant ends this request, never the agent with its other watches.
            reply_channel(outbox_, at->first).fail({errc::internal, error.what()});
        }
        if (wait) {
            entry.wait = *wait;
            ++at;
            continue;
        }
        at = jobs_.erase(at);
        // An answer does not wait for the work of the next.
        if (at != jobs_.end() && !write_output()) {
            return; // the client is gone, which the loop finds as well
        }
    }
}

bool server::write_output() {
    if (!outbox_.write_to(client_)) {
        return false;
    }
    if (jobs_.empty() && outbox_.empty()) {
        outbox_.rest(); // an idle agent is small
    }
    fit_pipe();
    return true;
}

// Not a pipe, or no more room, or too much in it still: it stays as it is.
void server::fit_pipe() {
    int wanted = pipe_room_;
    if (outbox_.size() > static_cast<std::size_t>(pipe_room)) {
        wanted = bulk_pipe_room;
    } else if (jobs_.empty() && outbox_.empty()) {
        wanted = pipe_room;
    }
    if (wanted != pipe_room_ && ::fcntl(output_, F_SETPIPE_SZ, wanted) >= 0) {
        pipe_room_ = wanted;
    }
}

bool server::drained(const running_job& entry, std::uint32_t id) {
    return entry.wait.drained && !reply_channel(outbox_, id).congested();
}

bool server::told(const running_job& entry) {
    return entry.wait.told != nullptr && *entry.wait.told;
}

int server::poll_timeout() {
    const auto now = clock::now();
    // Nothing tells that an idle client has read the rest, whose memory is to be given back.
    int timeout = jobs_.empty() && client_.lends() ? collect_interval_ms : -1;
    const auto until = [&](clock::time_point deadline) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
        const int ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
        timeout = timeout < 0 ? ms : std::min(timeout, ms);
    };
    for (const auto& wait : background_waits_) {
        if (wait.deadline) {
            until(*wait.deadline);
        }
    }
    for (const auto& [id, entry] : jobs_) {
        // A quick reader may have taken everything before we poll: then nothing would wake us.
        if (entry.ready || drained(entry, id) || told(entry)) {
            return 0;
        }
        if (entry.wait.deadline) {
            until(*entry.wait.deadline);
        }
    }
    return timeout;
}

void server::wait_for_events() {
    std::vector<pollfd> polled;
    const bool reading = outbox_.size() < max_outbox;
    polled.push_back(
        {.fd = input_, .events = static_cast<short>(reading ? POLLIN : 0), .revents = 0});
    if (!outbox_.empty()) {
        polled.push_back({.fd = output_, .events = POLLOUT, .revents = 0});
    }
    const std::size_t watches = polled.size();
    polled.push_back({.fd = context_.watches->get(), .events = POLLIN, .revents = 0});
    std::vector<running_job*> owners(polled.size(), nullptr);
    for (auto& [id, entry] : jobs_) {
        if (entry.wait.readable_fd) {
            polled.push_back({.fd = *entry.wait.readable_fd, .events = POLLIN, .revents = 0});
            owners.push_back(&entry);
        }
    }
    background_waits_ =
        context_.background ? context_.background->waits() : std::vector<job_wait>();
    for (const auto& wait : background_waits_) {
        if (wait.readable_fd) {
            polled.push_back({.fd = *wait.readable_fd, .events = POLLIN, .revents = 0});
            owners.push_back(nullptr);
        }
    }
    ::poll(polled.data(), polled.size(), poll_timeout());
    input_ready_ = polled[0].revents != 0;
    if (polled[watches].revents != 0) {
        context_.watches->drain();
    }
    for (std::size_t i = 1; i < polled.size(); ++i) {
        if (polled[i].revents != 0 && owners[i] != nullptr) {
            owners[i]->ready = true;
        }
    }
    const auto now = clock::now();
    for (auto& [id, entry] : jobs_) {
        entry.ready = entry.ready || drained(entry, id) || told(entry) ||
                      (entry.wait.deadline && *entry.wait.deadline <= now);
    }
}

int server::run() {
    send_hello();
    for (;;) {
        if (!write_output()) {
            return 0; // the client is gone
        }
        wait_for_events();
        if (input_ready_ && !read_input()) {
            break;
        }
        if (context_.background) {
            context_.background->advance();
        }
        advance_jobs();
    }
    return violated_ ? 1 : 0;
}

} // namespace

int serve(const agent_context& context, int input, int output) {
    for (const int fd : {input, output}) {
        ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
        ::fcntl(fd, F_SETPIPE_SZ, pipe_room); // not a pipe, or no more room: as it is
    }
    return server(context, input, output).run();
}

} // namespace outrider::agent
