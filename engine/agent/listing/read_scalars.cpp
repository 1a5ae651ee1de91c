#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/listing/event_file_reading.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <optional>

namespace outrider::agent {
namespace {

/// Estimated bytes of a part after which it is sent.
constexpr std::size_t scalar_batch_bytes = std::size_t{64} << 10;
/// What one summary takes beside its tag, about.
constexpr std::size_t summary_bytes = 300;

/// Runs below each other by links, and all that one run may show.
constexpr std::size_t deepest_links = 8;
constexpr std::size_t most_linked_runs = 20'000;

/// Whose series it is: the directory of its files, relative to the run, and its tag.
using series_key = std::pair<std::string, std::string>;

/// The name of a series: its tag, after the directory of its file unless that is the run itself or
/// `.guild` (as Guild names them).
std::string name_of(const series_key& key) {
    const auto& [directory, tag] = key;
    return directory.empty() || directory == ".guild" ? tag : directory + "#" + tag;
}

std::string joined_path(const std::string& directory, const std::string& name) {
    return directory.empty() || name.empty() ? directory + name : directory + "/" + name;
}

std::string directory_part(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

/// Summarises the runs one after the other: search, read what the index does not know, go on with
/// the runs that are linked into it, each by its own index, and report.
class read_scalars_job final : public job {
  public:
    read_scalars_job(const agent_context& context, protocol::read_scalars request,
                     reply_channel channel)
        : request_(std::move(request)), channel_(channel),
          home_(resolve_home(request_.home, context.machine.home)),
          directory_(home_ / (request_.trash ? "trash/runs" : "runs")),
          runs_(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

    std::optional<job_wait> advance() override {
        const time_slice slice;
        while (!cancelled_ && (!open_.empty() || next_ < request_.ids.size())) {
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
    /// A run that is being looked at.
    struct open_run {
        std::string id;
        std::string prefix; // the link by which the reported run shows it; of itself: empty
        descriptor directory;
        event_file_search search;
        bool searched = false;
        scalar_index before;
        std::vector<event_file> files;
        std::vector<linked_run> links;
        std::size_t next_file = 0;
        std::size_t next_link = 0;
        std::optional<event_file_reading> reading;
        scalar_index after;
        bool changed = false;
        bool collected = false;
    };

    void step(clock::time_point deadline) {
        if (open_.empty()) {
            begin(request_.ids[next_++]);
            return;
        }
        open_run& run = open_.back();
        if (!run.searched) {
            run.searched = run.search.step(deadline);
            if (run.searched) {
                run.files = run.search.take();
                run.links = run.search.take_links();
                run.changed = run.files.size() != run.before.files.size();
            }
        } else if (run.reading) {
            if (run.reading->step(deadline)) {
                run.changed = run.changed || !run.reading->was_known();
                run.after.files.push_back(run.reading->take());
                run.reading.reset();
            }
        } else if (run.next_file < run.files.size()) {
            read_next(run, run.files[run.next_file++]);
        } else if (!run.collected) {
            collect(run);
        } else if (run.next_link < run.links.size()) {
            follow(run, run.links[run.next_link++]);
        } else {
            open_.pop_back();
            if (open_.empty()) {
                report();
            }
        }
    }

    // One that is no run, or none any more, is left out.
    void begin(const std::string& id) {
        if (!open(id, "")) {
            return;
        }
        linked_ = 0;
        reported_ = {.run_id = id};
        const auto proto =
            read_small_file(open_.back().directory.get(), ".guild/proto/.guild/opref", max_record);
        reported_.proto = proto.value_or("");
    }

    bool open(std::string id, std::string prefix) {
        if (!is_safe_name(id)) {
            return false;
        }
        descriptor directory(::openat(runs_.get(), id.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!directory || ::faccessat(directory.get(), ".guild/opref", F_OK, 0) != 0) {
            return false;
        }
        descriptor searched(::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        auto before = load_scalar_index(home_, id);
        open_.push_back({.id = std::move(id),
                         .prefix = std::move(prefix),
                         .directory = std::move(directory),
                         .search = event_file_search(std::move(searched), runs_.get()),
                         .before = std::move(before)});
        return true;
    }

    void read_next(open_run& run, const event_file& file) {
        auto& known = run.before.files;
        const auto found = std::ranges::find(known, file.path, &indexed_file::path);
        run.reading.emplace(run.directory.get(), file,
                            found == known.end() ? indexed_file{} : std::move(*found));
    }

    // A run that is linked into itself, by whatever way, ends there.
    void follow(const open_run& run, const linked_run& link) {
        if (open_.size() < deepest_links && linked_ < most_linked_runs &&
            std::ranges::find(open_, link.id, &open_run::id) == open_.end()) {
            ++linked_;
            std::ignore = open(link.id, joined_path(run.prefix, link.path)); // it may be gone
        }
    }

    // What it has of its own.
    void collect(open_run& run) {
        run.collected = true;
        if (run.changed) {
            store_scalar_index(home_, run.id, run.after);
        }
        for (auto& file : run.after.files) {
            const auto directory = joined_path(run.prefix, directory_part(file.path));
            for (const auto& [tag, values] : file.series) {
                series_[{directory, tag}].add(values);
            }
            for (auto& [tag, text] : file.texts) {
                if (run.prefix.empty()) {
                    waiting_bytes_ += tag.size() + text.size();
                    reported_.attributes[name_of({directory, tag})] = std::move(text);
                }
            }
        }
        run.after.files.clear();
    }

    // A run with very many goes in several parts, each naming it.
    void report() {
        batch_.runs.push_back(std::move(reported_));
        for (const auto& [key, values] : series_) {
            auto& run = batch_.runs.back();
            run.scalars.push_back(values.summary(name_of(key)));
            waiting_bytes_ += run.scalars.back().tag.size() + summary_bytes;
            if (waiting_bytes_ > scalar_batch_bytes) {
                const std::string id = run.run_id;
                flush();
                batch_.runs.push_back({.run_id = id});
            }
        }
        series_.clear();
        ++summary_.runs;
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
    fs::path directory_;
    descriptor runs_;
    std::size_t next_ = 0;       // of request_.ids
    std::vector<open_run> open_; // the one that is reported, and by which links the last is reached
    std::size_t linked_ = 0;     // runs that were reached by links
    protocol::run_scalars reported_;
    std::map<series_key, scalar_series> series_; // of the run that is reported
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
