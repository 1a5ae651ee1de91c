#include "engine/agent/jobs.hpp"
#include "engine/agent/time_slice.hpp"
#include "engine/descriptor.hpp"
#include "engine/runs/read_run.hpp"
#include "engine/runs/small_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace outrider::agent {
namespace {

/// Runs in one `run_batch`: far below the largest frame, and read within a time slice.
constexpr std::size_t batch_runs = 100;
/// Names between two looks at the clock.
constexpr std::size_t names_at_once = 64;
/// Estimated bytes of a batch after which it is sent even if it is not full.
constexpr std::size_t batch_bytes = std::size_t{64} << 10;

struct found_run {
    std::string id;
    std::int64_t time_us = -1; ///< started, else initialized; -1: neither, sorts last
};

std::int64_t time_attribute(int runs, const std::string& id) {
    for (const char* name : {"/.guild/attrs/started", "/.guild/attrs/initialized"}) {
        const auto text = read_small_file(runs, id + name, 64);
        std::int64_t value = 0;
        if (text &&
            std::from_chars(text->data(), text->data() + text->size(), value).ec == std::errc()) {
            return value;
        }
    }
    return -1;
}

std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> out;
    DIR* listing = ::opendir(directory.c_str());
    if (listing == nullptr) {
        return out;
    }
    while (const dirent* entry = ::readdir(listing)) {
        const bool may_be_directory =
            entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
        if (may_be_directory && entry->d_name[0] != '.') {
            out.emplace_back(entry->d_name);
        }
    }
    ::closedir(listing);
    return out;
}

/// Looks at every run once, for its time; then reads the whole facts of those that are wanted.
class list_runs_job final : public job {
  public:
    list_runs_job(const agent_context& context, protocol::list_runs request, reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel),
          home_(resolve_home(request_.home, context.machine.home)) {}

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the listing was cancelled"});
            return std::nullopt;
        }
        const time_slice slice;
        if (!begun_) {
            begin();
        }
        while (!sorted_) {
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            look_at_some();
        }
        while (next_ < runs_.size()) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            send_batch();
        }
        channel_.reply(protocol::run_list{.home = home_.native(), .total = total_});
        return std::nullopt;
    }
    void cancel() override { cancelled_ = true; }

  private:
    fs::path directory() const {
        return request_.trash ? home_ / "trash" / "runs" : home_ / "runs";
    }
    void begin();
    void look_at_some();
    void choose();
    void send_batch();

    const agent_context& context_;
    protocol::list_runs request_;
    reply_channel channel_;
    fs::path home_;
    descriptor folder_;
    std::vector<std::string> names_; // not looked at yet
    std::vector<found_run> runs_;
    std::size_t next_ = 0; // in runs_
    std::int64_t total_ = 0;
    bool begun_ = false;
    bool sorted_ = false;
    bool cancelled_ = false;
};

void list_runs_job::begin() {
    begun_ = true;
    folder_.reset(::open(directory().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder_) { // a home or `runs` that does not exist is empty
        names_ = request_.ids.empty() ? names_in(directory()) : request_.ids;
    }
}

void list_runs_job::look_at_some() {
    for (std::size_t i = 0; i < names_at_once && !names_.empty(); ++i) {
        std::string id = std::move(names_.back());
        names_.pop_back();
        if (is_safe_name(id) &&
            ::faccessat(folder_.get(), (id + "/.guild/opref").c_str(), F_OK, 0) == 0) {
            const std::int64_t time = time_attribute(folder_.get(), id);
            runs_.push_back({std::move(id), time});
        }
    }
    if (names_.empty()) {
        choose();
    }
}

void list_runs_job::choose() {
    sorted_ = true;
    total_ = static_cast<std::int64_t>(runs_.size());
    std::ranges::sort(runs_, [](const found_run& a, const found_run& b) {
        return a.time_us != b.time_us ? a.time_us > b.time_us : a.id < b.id;
    });
    if (request_.newest > 0 && total_ > request_.newest) {
        runs_.resize(static_cast<std::size_t>(request_.newest));
    }
}

void list_runs_job::send_batch() {
    protocol::run_batch batch;
    std::size_t bytes = 0;
    while (next_ < runs_.size() && batch.runs.size() < batch_runs && bytes < batch_bytes) {
        const run_paths run{directory() / runs_[next_++].id};
        auto facts = read_run(run, context_.machine, request_.attributes);
        bytes += facts.opref.size() + facts.directory.size();
        for (const auto& [name, text] : facts.attributes) {
            bytes += text.size();
        }
        batch.runs.push_back(std::move(facts));
    }
    channel_.part(batch);
}

} // namespace

std::unique_ptr<job> make_list_runs_job(const agent_context& context, protocol::list_runs request,
                                        reply_channel channel) {
    return std::make_unique<list_runs_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
