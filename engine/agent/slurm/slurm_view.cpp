#include "engine/agent/slurm/slurm_view.hpp"

#include "engine/agent/slurm/job_states.hpp"
#include "engine/agent/slurm/slurm_words.hpp"

#include <poll.h>

#include <algorithm>
#include <cstdlib>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds shortest_interval = 1s;
constexpr std::chrono::milliseconds longest_interval = 1h;
/// How long a stop that waits keeps the questions frequent after its last look.
constexpr auto hurry_limit = 5s;
/// Jobs of one question to sacct, and how long it is not asked again about one.
constexpr std::size_t most_accounts = 500;
constexpr auto account_interval = 60s;

// Of two jobs of one name the later one.
bool is_later(const std::string& id, const std::string& than) {
    return std::strtoll(id.c_str(), nullptr, 10) > std::strtoll(than.c_str(), nullptr, 10);
}

bool is_earlier_job(const job_record& record, const std::string& id) {
    const auto is = [&](const std::string& one) {
        return std::ranges::find(record.earlier, one) != record.earlier.end();
    };
    return is(id) || is(id.substr(0, id.find('_')));
}

bool is_known_by_name(const job_record& record) {
    return record.phase == job_phase::submitting || (record.element >= 0 && record.job_id.empty());
}

std::string key_of(const std::string& name, std::int64_t element) {
    return element < 0 ? name : name + "\n" + std::to_string(element);
}

int liveliness(const job_row& row) {
    switch (life_of(row.state)) {
    case job_life::runs:
        return 3;
    case job_life::waits:
    case job_life::unknown:
        return 2;
    case job_life::ended:
        break;
    }
    return 1;
}

} // namespace

std::vector<std::string> squeue_words() {
    return {"squeue", "--me", "-h", "-r", "-t", "all", "-o", squeue_format};
}

std::optional<job_row> row_of(const job_record& record, const std::vector<job_row>& rows) {
    std::optional<job_row> out;
    for (const auto& row : rows) {
        if (row.name != record.name) {
            continue;
        }
        if (is_known_by_name(record)
                ? !is_earlier_job(record, row.id) && (!out || is_later(row.id, out->id))
                : row.id == record.job_id) {
            out = row;
        }
    }
    return out;
}

slurm_view::slurm_view(slurm_times times)
    : times_(times), environment_(slurm_environment(inherited_environment())) {}

// A job that somebody wanted ended, and did not wait for, is told so all the same.
slurm_view::~slurm_view() {
    const auto deadline = clock::now() + times_.scancel_limit;
    while (!cancels_.empty() && clock::now() < deadline) {
        const auto wait = cancels_.back()->wait();
        pollfd polled{.fd = wait.readable_fd.value_or(-1), .events = POLLIN, .revents = 0};
        ::poll(&polled, 1, 50);
        std::erase_if(cancels_, [](const auto& one) { return one->poll().has_value(); });
    }
}

void slurm_view::begin(std::chrono::milliseconds interval) {
    interval_ = std::clamp(interval, shortest_interval, longest_interval);
    if (std::exchange(begun_, true)) {
        return;
    }
    next_ = clock::now();
    config_question_ = std::make_unique<slurm_question>(
        std::vector<std::string>{"scontrol", "show", "config"}, environment_, times_.squeue_limit);
}

void slurm_view::ask_at_once() {
    again_ = jobs_question_ != nullptr;
    next_ = clock::now();
}

void slurm_view::hurry() {
    const auto now = clock::now();
    hurry_until_ = now + hurry_limit;
    next_ = std::min(next_, now + times_.hurried);
}

void slurm_view::cancel(const std::vector<std::string>& words) {
    cancels_.push_back(std::make_unique<slurm_question>(words, environment_, times_.scancel_limit));
}

std::optional<job_row> slurm_view::find(const job_record& record) const {
    if (record.array) {
        return find_array(record);
    }
    std::vector<job_row> rows;
    if (is_known_by_name(record)) {
        const auto [begin, end] = by_name_.equal_range(key_of(record.name, record.element));
        for (auto at = begin; at != end; ++at) {
            rows.push_back(rows_.at(at->second));
        }
    } else if (const auto found = rows_.find(record.job_id); found != rows_.end()) {
        rows.push_back(found->second);
    } else if (const auto told = accounts_.find(record.job_id); told != accounts_.end()) {
        rows.push_back(told->second);
    }
    return row_of(record, rows);
}

// A batch is as alive as the most alive of its trials.
std::optional<job_row> slurm_view::find_array(const job_record& record) const {
    std::optional<job_row> out;
    for (std::size_t piece = 0; piece < std::max<std::size_t>(record.pieces.size(), 1); ++piece) {
        const auto found = arrays_.find(name_of_piece(record.name, piece));
        if (found != arrays_.end() && (!out || liveliness(found->second) > liveliness(*out))) {
            out = found->second;
        }
    }
    if (out) {
        out->id = out->id.substr(0, out->id.find('_'));
    }
    return out;
}

void slurm_view::want_account(const std::string& job_id) {
    if (begun_ && !accounts_off_ && !job_id.empty() && !accounts_.contains(job_id)) {
        accounts_wanted_.try_emplace(job_id, clock::now());
    }
}

void slurm_view::take_jobs(const slurm_answer& answer) {
    const auto now = clock::now();
    told_ = true;
    next_ =
        again_ ? now : now + (now < hurry_until_ ? std::min(times_.hurried, interval_) : interval_);
    again_ = false;
    if (!answer.good()) {
        health_.trouble = answer.why_not();
        return;
    }
    health_ = {.asked_us = answer.asked_us, .trouble = {}};
    rows_.clear();
    by_name_.clear();
    arrays_.clear();
    for (auto& row : read_squeue(answer.output)) {
        const auto at = row.id.find('_');
        const auto index =
            at == row.id.npos ? -1 : std::strtoll(row.id.c_str() + at + 1, nullptr, 10);
        by_name_.emplace(key_of(row.name, index), row.id);
        if (index >= 0) {
            auto& best = arrays_.try_emplace(row.name, row).first->second;
            if (liveliness(row) > liveliness(best)) {
                best = row;
            }
        }
        rows_.insert_or_assign(row.id, std::move(row));
    }
}

void slurm_view::take_accounts(const slurm_answer& answer) {
    if (!answer.good()) {
        accounts_off_ = accounts_off_ || accounts_are_off(answer.output) ||
                        (!answer.answered && answer.trouble.starts_with("there is no program"));
        return;
    }
    for (auto& row : read_sacct(answer.output)) {
        // What still runs there is late news: squeue would know.
        if (life_of(row.state) == job_life::ended) {
            accounts_wanted_.erase(row.id);
            accounts_.insert_or_assign(row.id, std::move(row));
        }
    }
}

void slurm_view::ask_for_accounts() {
    if (accounts_off_ || accounts_question_) {
        return;
    }
    const auto now = clock::now();
    std::string ids;
    std::size_t count = 0;
    for (auto& [id, not_before] : accounts_wanted_) {
        if (not_before <= now && count < most_accounts) {
            ids += (ids.empty() ? "" : ",") + id;
            not_before = now + account_interval;
            ++count;
        }
    }
    if (count > 0) {
        accounts_question_ = std::make_unique<slurm_question>(
            std::vector<std::string>{"sacct", "-X", "-P", "-n", "-o", sacct_format, "-j", ids},
            environment_, times_.sacct_limit);
    }
}

void slurm_view::advance() {
    if (config_question_) {
        if (const auto answer = config_question_->poll()) {
            if (answer->good()) {
                kill_wait_s_ = config_number(answer->output, "KillWait", kill_wait_s_);
                max_array_size_ = config_number(answer->output, "MaxArraySize", max_array_size_);
            }
            config_question_.reset();
        }
    }
    if (jobs_question_) {
        if (const auto answer = jobs_question_->poll()) {
            take_jobs(*answer);
            jobs_question_.reset();
        }
    }
    if (accounts_question_) {
        if (const auto answer = accounts_question_->poll()) {
            take_accounts(*answer);
            accounts_question_.reset();
        }
    }
    if (std::erase_if(cancels_, [](const auto& one) { return one->poll().has_value(); }) > 0) {
        ask_at_once();
    }
    if (begun_ && !jobs_question_ && clock::now() >= next_) {
        jobs_question_ =
            std::make_unique<slurm_question>(squeue_words(), environment_, times_.squeue_limit);
    }
    ask_for_accounts();
}

std::vector<job_wait> slurm_view::waits() const {
    std::vector<job_wait> out;
    for (const auto* question :
         {jobs_question_.get(), accounts_question_.get(), config_question_.get()}) {
        if (question != nullptr) {
            out.push_back(question->wait());
        }
    }
    for (const auto& question : cancels_) {
        out.push_back(question->wait());
    }
    if (begun_ && !jobs_question_) {
        out.push_back({.deadline = next_});
    }
    return out;
}

} // namespace outrider::agent
