#include "engine/agent/edit/run_removal.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/files/run_lock.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/server/time_slice.hpp"
#include "engine/runs/small_file.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;
using protocol::attribute_change;

constexpr std::size_t most_changes = 1000;
/// Between two looks at a lock that somebody else holds.
constexpr auto lock_interval = 5ms;
/// A lock is held for as long as an edit or the start of an operation takes.
constexpr auto lock_limit = 30s;

constexpr std::array<std::string_view, 4> editable{"label", "tags", "marked", "comments"};

result<> check(const protocol::change_attributes& request) {
    if (request.changes.size() > most_changes) {
        return failure(errc::bad_input, "too many changes in one request");
    }
    for (const auto& change : request.changes) {
        if (std::ranges::find(editable, change.name) == editable.end()) {
            return failure(errc::bad_input, "the attribute '" + change.name + "' is not editable");
        }
        if (change.after && change.after->size() > max_attribute) {
            return failure(errc::bad_input, "the attribute '" + change.name + "' of run " +
                                                change.run_id + " would get too long");
        }
    }
    return {};
}

// Whether every attribute still is what the client decided upon.
result<bool> unchanged(const run_paths& run, std::span<const attribute_change> changes) {
    for (const auto& change : changes) {
        const auto path = run.attribute(change.name);
        const auto now = read_small_file(path, max_attribute);
        if (!now && stands_at(path)) {
            return failure(errc::io_failed, path.string() + " cannot be read");
        }
        if (now != change.before) {
            return false;
        }
    }
    return true;
}

result<> apply(const run_paths& run, const attribute_change& change) {
    const auto path = run.attribute(change.name);
    if (!change.after) {
        return remove_file(path);
    }
    if (auto made = make_directories(run.attributes()); !made) {
        return made;
    }
    return replace_file(path, run.temporary(change.name), *change.after);
}

/// Changes one run after the other, waiting for its lock.
class change_attributes_job final : public job {
  public:
    change_attributes_job(const agent_context& context, protocol::change_attributes request,
                          reply_channel channel)
        : context_(context), request_(std::move(request)), channel_(channel) {}

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the request was cancelled"});
            return std::nullopt;
        }
        if (next_ == 0) {
            if (auto good = check(request_); !good) {
                channel_.fail(good.error());
                return std::nullopt;
            }
        }
        const time_slice slice;
        while (next_ < request_.changes.size()) {
            auto wait = change_run();
            if (!wait) {
                channel_.fail(wait.error());
                return std::nullopt;
            }
            if (*wait || slice.used_up()) {
                return *wait ? **wait : time_slice::let_others_go_first();
            }
        }
        channel_.reply(done_);
        return std::nullopt;
    }
    void cancel() override { cancelled_ = true; }

  private:
    std::span<const attribute_change> changes_of_next_run() const {
        const auto first = request_.changes.begin() + static_cast<std::ptrdiff_t>(next_);
        const auto last =
            std::find_if(first, request_.changes.end(), [&](const attribute_change& each) {
                return each.run_id != first->run_id;
            });
        return {first, last};
    }

    // Nothing to wait for: the next run was dealt with.
    result<std::optional<job_wait>> change_run() {
        const auto changes = changes_of_next_run();
        const auto& id = changes.front().run_id;
        const auto run = run_in_home(resolve_home(request_.home, context_.machine.home), id);
        if (!run) {
            return run.error();
        }
        if (!is_run(*run)) {
            done_.missing.push_back(id);
            return go_on(changes.size());
        }
        auto lock = try_lock_run(*run);
        if (!lock) {
            return lock.error();
        }
        if (!*lock) {
            if (clock::now() >= began_ + lock_limit) {
                return failure(errc::timed_out, "another client holds the lock of run " + id);
            }
            return std::optional(job_wait{.deadline = clock::now() + lock_interval});
        }
        const auto same = unchanged(*run, changes);
        if (!same) {
            return same.error();
        }
        if (!*same) {
            done_.conflicts.push_back(id);
            return go_on(changes.size());
        }
        for (const auto& change : changes) {
            if (auto applied = apply(*run, change); !applied) {
                return applied.error();
            }
            ++done_.changed;
        }
        return go_on(changes.size());
    }

    std::optional<job_wait> go_on(std::size_t dealt_with) {
        next_ += dealt_with;
        began_ = clock::now();
        return std::nullopt;
    }

    const agent_context& context_;
    protocol::change_attributes request_;
    reply_channel channel_;
    protocol::change_reply done_;
    std::size_t next_ = 0;                   // of the changes
    clock::time_point began_ = clock::now(); // to wait for a lock
    bool cancelled_ = false;
};

} // namespace

std::unique_ptr<job> make_change_attributes_job(const agent_context& context,
                                                protocol::change_attributes request,
                                                reply_channel channel) {
    return std::make_unique<change_attributes_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
