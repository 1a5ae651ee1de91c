#include "engine/agent/children/early_stopper.hpp"

#include "engine/agent/listing/event_file_reading.hpp"
#include "engine/scalars/scalar_series.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <vector>

namespace outrider::agent {
namespace {

/// Takes the values of one tag.
class value_sink final : public event_sink {
  public:
    value_sink(std::string_view tag, step_values& into) : tag_(tag), into_(into) {}

    void take_scalar(std::string_view tag, std::int64_t step, double value) override {
        if (tag == tag_) {
            into_[step] = value;
        }
    }
    void take_text(std::string_view, std::string_view) override {}

  private:
    std::string_view tag_;
    step_values& into_;
};

std::vector<event_file> event_files_of(const run_paths& run) {
    descriptor directory(::open(run.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) {
        return {};
    }
    // Trials are not runs of runs: no link is followed.
    event_file_search search(std::move(directory), -1);
    while (!search.step(clock::time_point::max())) {
    }
    return search.take();
}

// As `find_scalar` takes a name: "loss" of any directory, "train#loss" of that one.
bool is_in(const std::string& path, std::string_view directory) {
    const auto slash = path.rfind('/');
    const std::string_view of =
        slash == path.npos ? std::string_view() : std::string_view(path).substr(0, slash);
    return directory.empty() || of.starts_with(directory);
}

} // namespace

/// An event file, and how far it was read.
struct early_stopper::read_file {
    descriptor content;
    event_records records;
    bool damaged = false;

    void go_on(std::string_view tag, step_values& into) {
        std::array<char, 65536> piece;
        for (ssize_t got = 0;
             !damaged && (got = ::read(content.get(), piece.data(), piece.size())) > 0;) {
            records.feed({piece.data(), static_cast<std::size_t>(got)});
            value_sink sink(tag, into);
            std::string_view payload;
            auto found = records.next(payload);
            for (; found == event_records::found::record; found = records.next(payload)) {
                read_event(payload, sink);
            }
            damaged = found == event_records::found::damaged;
        }
    }
};

early_stopper::early_stopper(const parent_run& parent, const protocol::children_early_stop& rule)
    : parent_(parent), rule_(rule) {}

early_stopper::~early_stopper() = default;

void early_stopper::read(const std::string& id, trial& of) {
    const run_paths run = parent_.child(id);
    const auto name = name_of_scalar(rule_.scalar);
    for (const auto& file : event_files_of(run)) {
        if (!is_in(file.path, name.directory)) {
            continue;
        }
        auto& known = of.files[file.path];
        if (!known) {
            known = std::make_unique<read_file>();
            known->content.reset(
                ::open((run.directory / file.path).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        }
        known->go_on(name.tag, of.values);
    }
}

void early_stopper::add(const std::string& id) {
    read(id, trials_[id]);
}

std::optional<early_stop_verdict> early_stopper::look_at(const std::string& id) {
    auto& own = trials_[id];
    if (own.stopped) {
        return std::nullopt;
    }
    read(id, own);
    if (own.values.empty() || own.judged == own.values.rbegin()->first) {
        return std::nullopt; // it has not come any further
    }
    own.judged = own.values.rbegin()->first;
    std::vector<const step_values*> others;
    for (const auto& [other, of] : trials_) {
        if (other != id) {
            others.push_back(&of.values);
        }
    }
    auto verdict = judge_trial(rule_.settings, own.values, others, own.decided);
    own.stopped = verdict.has_value();
    return verdict;
}

void early_stopper::finish(const std::string& id) {
    auto& of = trials_[id];
    read(id, of);
    of.files.clear(); // closes them
}

} // namespace outrider::agent
