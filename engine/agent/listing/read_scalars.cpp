#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/listing/event_file_reading.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"

#include <fcntl.h>

#include <algorithm>
#include <optional>

namespace outrider::agent {
namespace {

/// Estimated bytes of a part after which it is sent.
constexpr std::size_t scalar_batch_bytes = std::size_t{64} << 10;
/// What one summary takes beside its tag, about.
constexpr std::size_t summary_bytes = 300;

/// The name of a series: its tag, after the directory of its file unless that is the run itself or
/// `.guild` (as Guild names them).
std::string key_of(const std::string& path, const std::string& tag) {
    const auto slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
    return directory.empty() || directory == ".guild" ? tag : directory + "#" + tag;
}

/// Summarises the runs one after the other: search, read what the index does not know, report.
class read_scalars_job final : public job {
  public:
    read_scalars_job(const agent_context& context, protocol::read_scalars request,
                     reply_channel channel)
        : request_(std::move(request)), channel_(channel),
          home_(resolve_home(request_.home, context.machine.home)) {}

    std::optional<job_wait> advance() override {
        const time_slice slice;
        while (!cancelled_ && (open_ || next_ < request_.ids.size())) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            step(slice.end());
        }
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the request was cancelled"});
            return std::nullopt;
        }
        flush();
        channel_.reply(summary_);
        return std::nullopt;
    }

    void cancel() override { cancelled_ = true; }

  private:
    /// The run that is being looked at.
    struct open_run {
        std::string id;
        descriptor directory;
        event_file_search search;
        bool searched = false;
        scalar_index before;
        std::vector<event_file> files;
        std::size_t next = 0;
        std::optional<event_file_reading> reading;
        scalar_index after;
        bool changed = false;
    };

    void step(clock::time_point deadline) {
        if (!open_) {
            begin(request_.ids[next_++]);
        } else if (!open_->searched) {
            open_->searched = open_->search.step(deadline);
            if (open_->searched) {
                open_->files = open_->search.take();
                open_->changed = open_->files.size() != open_->before.files.size();
            }
        } else if (open_->reading) {
            if (open_->reading->step(deadline)) {
                open_->changed = open_->changed || !open_->reading->was_known();
                open_->after.files.push_back(open_->reading->take());
                open_->reading.reset();
            }
        } else if (open_->next < open_->files.size()) {
            read_next(open_->files[open_->next++]);
        } else {
            end();
        }
    }

    // One that is no run, or none any more, is left out.
    void begin(const std::string& id) {
        if (!is_safe_name(id)) {
            return;
        }
        const fs::path path = home_ / (request_.trash ? "trash/runs" : "runs") / id;
        descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!directory || ::faccessat(directory.get(), ".guild/opref", F_OK, 0) != 0) {
            return;
        }
        descriptor searched(::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        open_.emplace(open_run{.id = id,
                               .directory = std::move(directory),
                               .search = event_file_search(std::move(searched))});
        open_->before = load_scalar_index(home_, id);
    }

    void read_next(const event_file& file) {
        auto& known = open_->before.files;
        const auto found = std::ranges::find(known, file.path, &indexed_file::path);
        open_->reading.emplace(open_->directory.get(), file,
                               found == known.end() ? indexed_file{} : std::move(*found));
    }

    void end() {
        if (open_->changed) {
            store_scalar_index(home_, open_->id, open_->after);
        }
        std::map<std::string, scalar_series> series;
        batch_.runs.push_back({.run_id = open_->id});
        for (auto& file : open_->after.files) {
            for (const auto& [tag, values] : file.series) {
                series[key_of(file.path, tag)].add(values);
            }
            for (auto& [tag, text] : file.texts) {
                waiting_bytes_ += tag.size() + text.size();
                batch_.runs.back().attributes[key_of(file.path, tag)] = std::move(text);
            }
        }
        // A run with very many goes in several parts, each naming it.
        for (const auto& [tag, values] : series) {
            batch_.runs.back().scalars.push_back(values.summary(tag));
            waiting_bytes_ += tag.size() + summary_bytes;
            if (waiting_bytes_ > scalar_batch_bytes) {
                flush();
                batch_.runs.push_back({.run_id = open_->id});
            }
        }
        ++summary_.runs;
        open_.reset();
    }

    void flush() {
        if (!batch_.runs.empty()) {
            channel_.part(batch_);
        }
        batch_ = {};
        waiting_bytes_ = 0;
    }

    protocol::read_scalars request_;
    reply_channel channel_;
    fs::path home_;
    std::size_t next_ = 0; // of request_.ids
    std::optional<open_run> open_;
    protocol::scalars_batch batch_;
    std::size_t waiting_bytes_ = 0; // estimated, of `batch_`
    protocol::scalars_reply summary_;
    bool cancelled_ = false;
};

} // namespace

std::unique_ptr<job> make_read_scalars_job(const agent_context& context,
                                           protocol::read_scalars request, reply_channel channel) {
    return std::make_unique<read_scalars_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
