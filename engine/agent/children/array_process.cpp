#include "engine/agent/children/array_process.hpp"

#include "engine/agent/children/child_start.hpp"
#include "engine/agent/children/children_log.hpp"
#include "engine/agent/children/children_process.hpp"
#include "engine/agent/files/read_run.hpp"
#include "engine/agent/files/tree_removal.hpp"
#include "engine/agent/machine/machine.hpp"
#include "engine/agent/slurm/array_batch.hpp"
#include "engine/agent/slurm/run_launchers.hpp"
#include "engine/agent/slurm/submit_once.hpp"
#include "engine/agent/start/children_plan.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/process_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace outrider::agent {
namespace {

std::size_t number_in(std::string_view text, std::size_t otherwise) {
    std::size_t out = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && at == text.data() + text.size() ? out : otherwise;
}

/// Makes and submits; what went wrong on the way is taken back as far as nothing was submitted.
class array_maker {
  public:
    array_maker(agent_context context, parent_run batch, children_reader plan, job_record record,
                std::size_t most)
        : context_(std::move(context)), batch_(std::move(batch)), plan_(std::move(plan)),
          record_(std::move(record)), most_(most) {}

    result<submitted_job> run() {
        if (auto made = make_trials(); !made) {
            return made.error();
        }
        submitted_job out;
        for (std::size_t first = 0; first < trials_.size(); first += most_) {
            out = submit(first, std::min(most_, trials_.size() - first));
            if (out.refused && record_.pieces.empty()) {
                take_back();
                return out;
            }
            if (out.refused) {
                give_back(first);
                return warned(out.words);
            }
            if (!out.words.empty()) {
                return out; // the rest is not known either
            }
        }
        return out;
    }

  private:
    result<> make_trials();
    submitted_job submit(std::size_t first, std::size_t count);
    void give_back(std::size_t first) const;
    void take_back() const;
    submitted_job warned(const std::string& why) const {
        return {.id = record_.job_id,
                .words = "not all trials were submitted: " + why + "; the others stay pending"};
    }

    agent_context context_;
    parent_run batch_;
    children_reader plan_;
    job_record record_;
    std::size_t most_;
    std::vector<std::string> trials_; // that are submitted, in order
    std::vector<run_paths> made_;     // by this start
};

result<> array_maker::make_trials() {
    for (;;) {
        auto child = plan_.next();
        if (!child) {
            return child.error();
        }
        if (!*child) {
            break;
        }
        const run_paths trial = batch_.child((*child)->id);
        if (!is_run(trial)) {
            made_.push_back(trial);
        }
        if (auto made = make_child(context_, plan_.head(), **child, batch_); !made) {
            take_back();
            return made;
        }
        if (::access(trial.pending().c_str(), F_OK) == 0) {
            trials_.push_back((*child)->id);
        }
    }
    if (trials_.empty()) {
        return failure(errc::bad_input, "no trial of the batch is pending");
    }
    if (auto written = write_array(batch_.run, trials_); !written) {
        return written;
    }
    for (std::size_t i = 0; i < trials_.size(); ++i) {
        const run_paths trial = batch_.child(trials_[i]);
        const auto before = read_job_record(trial);
        job_record element{.phase = job_phase::submitted,
                           .name = name_of_piece(batch_.id(), i / most_),
                           .attempt = (before ? before->attempt : 0) + 1,
                           .changed_us = now_us(),
                           .earlier = record_.earlier,
                           .agent = record_.agent,
                           .kill_wait_s = record_.kill_wait_s,
                           .options = record_.options,
                           .element = static_cast<std::int64_t>(i % most_)};
        if (auto written = write_job_record(trial, element); !written) {
            return written;
        }
    }
    return {};
}

submitted_job array_maker::submit(std::size_t first, std::size_t count) {
    const auto piece = first / most_;
    auto order = record_;
    order.name = name_of_piece(batch_.id(), piece);
    auto words = words_of_job(batch_.run, order,
                              {"element", batch_.run.directory.native(), std::to_string(first)});
    if (!words) {
        return {.refused = true, .words = words.error().context};
    }
    std::string array = "--array=0-" + std::to_string(count - 1);
    const auto limit =
        record_.options.array_limit > 0 ? record_.options.array_limit : plan_.head().parallel;
    if (limit > 0 && static_cast<std::size_t>(limit) < count) {
        array += "%" + std::to_string(limit);
    }
    words->words.push_back(array);
    submit_once once({.words = std::move(*words), .name = order.name, .earlier = record_.earlier},
                     inherited_environment(), {});
    for (;;) {
        if (auto end = once.poll()) {
            if (!end->id.empty()) {
                record_.pieces.push_back(end->id);
                record_.job_id = record_.pieces.front();
                std::ignore = write_job_record(batch_.run, record_); // elements go by the name
            }
            return std::move(*end);
        }
        const auto wait = once.wait();
        pollfd polled{.fd = wait.readable_fd.value_or(-1), .events = POLLIN, .revents = 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            wait.deadline.value_or(clock::now()) - clock::now());
        ::poll(&polled, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 1, 1000)));
    }
}

// Those that were not submitted are pending as any trial is.
void array_maker::give_back(std::size_t first) const {
    for (std::size_t i = first; i < trials_.size(); ++i) {
        std::ignore = remove_job_record(batch_.child(trials_[i]));
    }
}

// Nothing was submitted: there is no batch.
void array_maker::take_back() const {
    give_back(0);
    for (const auto& trial : made_) {
        std::ignore = remove_file(trial.opref()); // no run any more, even if the rest stays
        std::ignore = remove_tree(trial.directory);
    }
}

int tell_submitted(const submitted_job& what) {
    print_line(protocol::encode(what));
    return 0;
}

// The lines about the trial stand in the output of its batch.
void show_in_batch(const run_paths& batch) {
    const descriptor output(
        ::open(batch.output().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (output) {
        ::dup2(output.get(), STDOUT_FILENO);
        ::dup2(output.get(), STDERR_FILENO);
    }
}

} // namespace

int submit_array(const std::vector<std::string_view>& words) {
    const char* directory = std::getenv("RUN_DIR");
    const char* home = std::getenv("GUILD_HOME");
    const auto most = words.size() == 1 ? number_in(words[0], 0) : 0;
    if (directory == nullptr || home == nullptr || most == 0) {
        return 2;
    }
    parent_run batch{.run = {fs::path(directory)}, .home = home};
    auto plan = children_reader::open(batch.run.children());
    auto record = read_job_record(batch.run);
    if (!plan || !record) {
        return tell_submitted(
            {.refused = true, .words = plan ? "the batch is not on record" : plan.error().context});
    }
    auto context = describe_agent();
    choose_launchers(context);
    context.activated = plan->head().common.activation;
    array_maker maker(std::move(context), std::move(batch), std::move(*plan), std::move(*record),
                      most);
    auto end = maker.run();
    return tell_submitted(end ? *end
                              : submitted_job{.refused = true, .words = end.error().context});
}

int run_element(const std::vector<std::string_view>& words) {
    const auto own = job_of_this_process();
    if (words.size() != 2 || !own || own->array_id.empty()) {
        std::fputs("outrider-agent: only Slurm runs elements of an array\n", stderr);
        return 2;
    }
    const run_paths batch{fs::path(words[0])};
    const auto place = number_in(words[1], 0) + static_cast<std::size_t>(own->element);
    const auto trials = read_array(batch);
    if (place >= trials.size()) {
        std::fputs("outrider-agent: the batch has no such trial\n", stderr);
        return 1;
    }
    const run_paths trial{batch.directory.parent_path() / trials[place]};
    auto record = read_job_record(trial);
    if (!record || record->name != own->name || record->element != own->element ||
        record->phase != job_phase::submitted) {
        std::fputs("outrider-agent: this is not the job of the trial any more\n", stderr);
        return 1;
    }
    // From here on it is a run of this job, and judged by its processes here.
    record->phase = job_phase::inside;
    record->job_id = own->array_id;
    record->taken_by = own->id;
    record->taken_us = now_us();
    record->node = own->node;
    if (auto written = write_job_record(trial, *record); !written) {
        std::fprintf(stderr, "outrider-agent: %s\n", written.error().context.c_str());
        return 1;
    }
    begin_batch(batch);
    show_in_batch(batch);
    const int code = run_one_child(batch, trials[place]);
    end_batch(batch, true);
    return code;
}

} // namespace outrider::agent
