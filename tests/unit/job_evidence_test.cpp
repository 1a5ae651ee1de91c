// The decision about a run that is a job, as a table: what is final, and what people are told.
#include "engine/agent/slurm/job_evidence.hpp"
#include "engine/protocol/slurm_messages.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace outrider;
using namespace outrider::agent;

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t now = 1'800'000'000 * second;

job_record record_of(job_phase phase) {
    return {.phase = phase,
            .name = "a",
            .job_id = phase == job_phase::submitting ? "" : "12",
            .attempt = 1,
            .changed_us = now - 600 * second};
}

job_row row_in(const std::string& state, const std::string& reason = "None",
               const std::string& node = "node1") {
    return {.id = "12", .state = state, .reason = reason, .node = node, .name = "a"};
}

job_sighting seen(const std::string& state, std::int64_t seconds_ago) {
    return {.job_id = "12",
            .state = state,
            .reason = "None",
            .node = "node1",
            .seen_us = now - seconds_ago * second};
}

struct evidence_case {
    const char* name;
    job_situation at;
    bool gone = false;
    std::string kind = {}; // of the reason; empty: none
    std::string says = {}; // part of it
};

job_situation situation(job_phase phase, bool waits) {
    return {.record = record_of(phase),
            .waits = waits,
            .health = {.asked_us = now - second, .trouble = {}},
            .now_us = now};
}

job_situation with_row(bool waits, job_row row) {
    auto at = situation(job_phase::submitted, waits);
    at.row = std::move(row);
    return at;
}

job_situation with_seen(job_situation at, job_sighting what) {
    at.seen = std::move(what);
    return at;
}

job_situation in_trouble(job_situation at, std::int64_t asked_us = now - 180 * second) {
    at.health = {.asked_us = asked_us, .trouble = "Socket timed out"};
    return at;
}

job_situation young(job_situation at, std::int64_t seconds) {
    at.record.changed_us = now - seconds * second;
    return at;
}

const char queued[] = "slurm_queued";
const char unconfirmed[] = "slurm_unconfirmed";

std::vector<evidence_case> table() {
    const auto absent = [](bool waits) { return situation(job_phase::submitted, waits); };
    const auto by_name = [](bool waits) { return situation(job_phase::submitting, waits); };
    return {
        {"queued", with_row(true, row_in("PENDING", "Resources", "")), false, queued, "Resources"},
        {"begins", with_row(true, row_in("RUNNING")), false, queued, "starts on node1"},
        {"runs", with_row(false, row_in("RUNNING"))},
        {"completes", with_row(false, row_in("COMPLETING"))},
        {"suspended", with_row(false, row_in("SUSPENDED")), false, queued, "suspended"},
        {"requeued", with_row(false, row_in("PENDING", "BeginTime", "")), false, queued, "again"},
        {"a new state", with_row(false, row_in("HIBERNATING")), false, unconfirmed, "HIBERNATING"},
        {"a new state of one that waits", with_row(true, row_in("X")), false, unconfirmed, "X"},
        {"old news", in_trouble(with_row(false, row_in("RUNNING"))), false, unconfirmed,
         "last confirmed 3m ago"},
        {"old news of one that waits", in_trouble(with_row(true, row_in("PENDING", "Priority"))),
         false, unconfirmed, "Priority"},
        // Ends: the file system has five minutes.
        {"completed a moment ago", with_row(false, row_in("COMPLETED")), false, unconfirmed, "5m"},
        {"completed, seen two minutes ago",
         with_seen(with_row(false, row_in("COMPLETED")), seen("COMPLETED", 120)), false,
         unconfirmed, "3m"},
        {"completed, seen five minutes ago",
         with_seen(with_row(false, row_in("COMPLETED")), seen("COMPLETED", 301)), true, "lost",
         "outcome is not known"},
        {"completed before it began",
         with_seen(with_row(true, row_in("COMPLETED")), seen("COMPLETED", 301)), true, "lost",
         "outcome is not known"},
        {"out of memory",
         with_seen(with_row(false, row_in("OUT_OF_MEMORY", "OutOfMemory")),
                   seen("OUT_OF_MEMORY", 301)),
         true, "out_of_memory", "memory"},
        {"another end than the one seen",
         with_seen(with_row(false, row_in("FAILED")), seen("COMPLETED", 301)), false, unconfirmed,
         "FAILED"},
        {"node failed", with_seen(with_row(false, row_in("NODE_FAIL")), seen("NODE_FAIL", 301)),
         true, "lost", "may still run"},
        {"cancelled while it waited", with_row(true, row_in("CANCELLED", "Priority", "")), true,
         "cancelled", "cancelled"},
        {"cancelled as it began", with_row(true, row_in("CANCELLED")), false, unconfirmed,
         "CANCELLED"},
        {"refused", with_row(true, row_in("FAILED", "BadConstraints", "")), true,
         "failed_to_launch", "refused"},
        {"ended, and runs again by now",
         with_seen(with_row(false, row_in("RUNNING")), seen("NODE_FAIL", 301))},
        // Not in the answer.
        {"ended, forgotten by squeue", with_seen(absent(false), seen("TIMEOUT", 301)), true,
         "time_limit", "time limit"},
        {"ended, forgotten, just now", with_seen(absent(false), seen("TIMEOUT", 10)), false,
         unconfirmed, "TIMEOUT"},
        {"never asked", in_trouble(absent(true), 0), false, unconfirmed, "Socket timed out"},
        {"submitted after the question", young(absent(true), 1), false, queued, "job 12"},
        {"not there", absent(true), false, unconfirmed, "does not know job 12"},
        {"runs and is not there", absent(false), false, unconfirmed, "does not know job 12"},
        {"not there an hour ago, no answer since", in_trouble(absent(false)), false, unconfirmed,
         "Socket timed out"},
        // The submission was cut off.
        {"cut off just now", young(by_name(true), 5), false, unconfirmed, "cut off"},
        {"cut off, no job", by_name(true), true, "start_interrupted", "start it again"},
        {"cut off, no answer", in_trouble(by_name(true)), false, unconfirmed, "cut off"},
        {"cut off, never asked", in_trouble(by_name(true), 0), false, unconfirmed,
         "Socket timed out"},
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(evidence_about_jobs)

BOOST_AUTO_TEST_CASE(only_an_end_that_slurm_told_and_time_are_final) {
    for (const auto& one : table()) {
        BOOST_TEST_CONTEXT(one.name) {
            const auto verdict = judge_job(one.at);
            BOOST_TEST(verdict.gone == one.gone);
            BOOST_TEST((verdict.reason ? verdict.reason->kind : "") == one.kind);
            const std::string said = verdict.reason ? verdict.reason->detail : "";
            BOOST_TEST(said.find(one.says) != std::string::npos, said);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_end_is_put_on_record_once) {
    const auto first = judge_job(with_row(false, row_in("FAILED")));
    BOOST_REQUIRE(first.note.has_value());
    BOOST_TEST(first.note->seen_us == now);
    BOOST_TEST(first.note->state == "FAILED");
    auto again = with_row(false, row_in("FAILED"));
    again.seen = first.note;
    BOOST_TEST(!judge_job(again).note.has_value());
}

BOOST_AUTO_TEST_CASE(accounts_are_asked_only_for_what_squeue_has_forgotten) {
    BOOST_TEST(judge_job(situation(job_phase::submitted, false)).ask_accounts);
    BOOST_TEST(!judge_job(with_row(false, row_in("RUNNING"))).ask_accounts);
    BOOST_TEST(!judge_job(young(situation(job_phase::submitted, true), 1)).ask_accounts);
}

BOOST_AUTO_TEST_SUITE_END()
