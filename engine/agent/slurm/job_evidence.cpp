#include "engine/agent/slurm/job_evidence.hpp"

#include "engine/agent/slurm/job_states.hpp"
#include "engine/protocol/slurm_messages.hpp"

namespace outrider::agent {
namespace {

using protocol::end_reason;
using protocol::slurm_queued_kind;
using protocol::slurm_unconfirmed_kind;

std::string age_text_of(std::int64_t since_us, std::int64_t now_us) {
    return length_text((now_us - since_us) / 1'000'000) + " ago";
}

// How old the news is, where Slurm gave none the last time.
std::string confirmed_text(const job_situation& at) {
    if (at.health.trouble.empty()) {
        return {};
    }
    std::string out = "Slurm gives no answer: " + at.health.trouble;
    if (at.health.asked_us > 0) {
        out += "; last confirmed " + age_text_of(at.health.asked_us, at.now_us);
    }
    return out;
}

// An end for which the exit status has not come, or cannot.
job_verdict judge_end(const job_situation& at, const job_sighting& seen) {
    job_verdict out;
    const auto words = words_of_end(seen.state, seen.reason, seen.node);
    // Nothing of it ever ran, so that nothing can come.
    const bool never_ran = at.waits && seen.node.empty() && at.record.taken_by.empty() &&
                           (seen.state == "CANCELLED" || seen.reason == "BadConstraints");
    const auto waited = at.now_us - seen.seen_us;
    if (never_ran || waited >= exit_status_limit_us) {
        out.gone = true;
        out.reason = end_reason{words.kind, words.text};
        return out;
    }
    const auto left = (exit_status_limit_us - std::max<std::int64_t>(waited, 0)) / 1'000'000;
    out.reason = end_reason{slurm_unconfirmed_kind, "Slurm says " + seen.state +
                                                        "; its exit status is not here yet, and "
                                                        "has " +
                                                        length_text(left) + " to come"};
    return out;
}

std::string start_text(const job_row& row, std::int64_t now_us) {
    const auto in = row.start_s - now_us / 1'000'000;
    return row.start_s > 0 && in > 0 ? "; expected to start in " + length_text(in) : "";
}

job_verdict judge_alive(const job_situation& at, const job_row& row) {
    job_verdict out;
    const auto life = life_of(row.state);
    out.moves = life == job_life::runs;
    // What it has written since says more than an answer from before.
    const bool is_outdated =
        !at.waits && at.health.asked_us < at.record.taken_us + new_job_limit_us;
    const bool goes_on = is_outdated || (at.record.array && !at.waits); // some of it has ended
    if (life == job_life::waits && goes_on) {
        out.moves = true;
    } else if (life == job_life::waits) {
        std::string text = words_of_wait(row.reason, row.id) + start_text(row, at.now_us);
        if (!at.waits) {
            text = "Slurm has queued it again: " + text;
        }
        out.reason = end_reason{slurm_queued_kind, text};
    } else if (life == job_life::unknown) {
        out.moves = !at.waits;
        out.reason = end_reason{slurm_unconfirmed_kind,
                                "Slurm says '" + row.state + "', which is not known here"};
    } else if (row.state == "SUSPENDED") {
        out.reason = end_reason{slurm_queued_kind, "suspended by Slurm"};
    } else if (at.waits) {
        out.reason = end_reason{slurm_queued_kind,
                                "job " + row.id + " starts on " +
                                    (row.node.empty() ? std::string("its node") : row.node)};
    }
    if (const auto old = confirmed_text(at); !old.empty()) {
        out.reason = end_reason{slurm_unconfirmed_kind,
                                (out.reason ? out.reason->detail + "; " : std::string()) + old};
    }
    return out;
}

// There is no row of it in Slurm's last answer, or no answer at all.
job_verdict judge_absent(const job_situation& at) {
    job_verdict out{.moves = !at.waits};
    const auto& record = at.record;
    const bool by_name = record.phase == job_phase::submitting;
    const std::string job = by_name                 ? "a job of this name"
                            : record.job_id.empty() ? "element " + std::to_string(record.element) +
                                                          " of array " + record.name
                                                    : "job " + record.job_id;
    const auto unconfirmed = [&](const std::string& text) {
        out.reason = end_reason{slurm_unconfirmed_kind, text};
        return out;
    };
    if (at.health.asked_us == 0) {
        return unconfirmed(at.health.trouble.empty()
                               ? job + ": Slurm was not asked yet"
                               : job + ": Slurm gives no answer: " + at.health.trouble);
    }
    const auto late = at.health.asked_us - record.changed_us;
    if (by_name) {
        if (late < late_job_limit_us || !at.health.trouble.empty()) {
            return unconfirmed("its submission was cut off, and whether Slurm has the job will "
                               "show; " +
                               confirmed_text(at));
        }
        if (!record.taken_by.empty()) { // it ran
            return unconfirmed("Slurm does not know its job any more");
        }
        out.gone = true;
        out.reason = end_reason{"start_interrupted",
                                "its submission was cut off, and Slurm has no job of its name: "
                                "start it again"};
        return out;
    }
    if (late < new_job_limit_us) {
        if (at.waits) {
            out.reason = end_reason{slurm_queued_kind, "submitted as " + job};
        }
        if (const auto old = confirmed_text(at); !old.empty()) {
            return unconfirmed((out.reason ? out.reason->detail + "; " : std::string()) + old);
        }
        return out;
    }
    out.ask_accounts = true;
    const auto old = confirmed_text(at);
    return unconfirmed("Slurm does not know " + job +
                       " any more, and what became of it is not on "
                       "record" +
                       (old.empty() ? "" : "; " + old));
}

} // namespace

job_verdict judge_job(const job_situation& at) {
    if (at.row && life_of(at.row->state) != job_life::ended) {
        return judge_alive(at, *at.row);
    }
    if (at.row) {
        const bool known =
            at.seen && at.seen->job_id == at.row->id && at.seen->state == at.row->state;
        const job_sighting now{.job_id = at.row->id,
                               .state = at.row->state,
                               .reason = at.row->reason,
                               .node = at.row->node,
                               .seen_us = at.now_us};
        auto out = judge_end(at, known ? *at.seen : now);
        if (!known) {
            out.note = now;
        }
        return out;
    }
    const bool of_this_job = at.seen && (at.seen->job_id == at.record.job_id ||
                                         at.record.phase == job_phase::submitting);
    return of_this_job ? judge_end(at, *at.seen) : judge_absent(at);
}

} // namespace outrider::agent
