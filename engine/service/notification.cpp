#include "engine/service/notification.hpp"

#include "engine/api/wire_text.hpp"
#include "engine/json/described_json.hpp"

#include <boost/json.hpp>

#include <utility>

namespace outrider {
namespace {

// An environment ends a value at the first zero byte.
std::string without_zeros(std::string text) {
    if (const auto zero = text.find('\0'); zero != text.npos) {
        text.resize(zero);
    }
    return text;
}

std::string number(std::optional<std::int64_t> value) {
    return value ? std::to_string(*value) : std::string();
}

std::string joined(const std::vector<std::string>& items) {
    std::string text;
    for (const auto& item : items) {
        text += (text.empty() ? "" : ",") + item;
    }
    return text;
}

} // namespace

std::map<std::string, std::string> notification_environment(const job_record& job,
                                                            const end_to_tell& end, bool repeated) {
    const auto& run = end.run;
    std::map<std::string, std::string> out{
        {"OUTRIDER_NOTIFICATION", end.id},
        {"OUTRIDER_REPEATED", repeated ? "1" : "0"},
        {"OUTRIDER_JOB", job.id},
        {"OUTRIDER_JOB_NAME", job.notify.name},
        {"OUTRIDER_REMOTE", job.notify.remote},
        {"OUTRIDER_RUN", run.id},
        {"OUTRIDER_OPERATION", run.operation},
        {"OUTRIDER_STATE", boost::describe::enum_to_string(run.state, "error")},
        {"OUTRIDER_EXIT_STATUS", number(run.exit_status)},
        {"OUTRIDER_REASON", run.reason},
        {"OUTRIDER_LABEL", run.label},
        {"OUTRIDER_TAGS", joined(run.tags)},
        {"OUTRIDER_STARTED", number(run.started_us)},
        {"OUTRIDER_STOPPED", number(run.stopped_us)},
        {"OUTRIDER_RUN_DIR", run.directory}};
    for (auto& [name, value] : out) {
        value = without_zeros(std::move(value));
    }
    return out;
}

std::string notification_body(const job_record& job, const end_to_tell& end, bool repeated) {
    boost::json::value body = {{"notification", end.id},
                               {"repeated", repeated},
                               {"job", job.id},
                               {"job_name", job.notify.name},
                               {"remote", job.notify.remote},
                               {"run", protocol::to_json(end.run)}};
    make_wire(body);
    return boost::json::serialize(body);
}

telling_verdict judge_status(int http_status) {
    constexpr int too_slow = 408;
    constexpr int too_early = 425;
    constexpr int too_many = 429;
    if (http_status >= 200 && http_status < 300) {
        return telling_verdict::told;
    }
    const bool busy = http_status == too_slow || http_status == too_early ||
                      http_status == too_many || http_status >= 500;
    return busy ? telling_verdict::try_again : telling_verdict::give_up;
}

} // namespace outrider
