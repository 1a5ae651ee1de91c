#include "engine/service/job_record.hpp"

#include "engine/core/wall_clock.hpp"
#include "engine/text/finished_text.hpp"
#include "engine/text/shell_words.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace outrider {
namespace {

std::string words_text(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : " ") + shell_quote(word);
    }
    return text;
}

std::string hex_digits(std::size_t count) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::random_device random;
    std::uniform_int_distribution<std::size_t> one(0, digits.size() - 1);
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += digits[one(random)];
    }
    return text;
}

} // namespace

job_record record_of(standing_job job) {
    return {.id = new_job_id(),
            .kind = job.kind,
            .created_us = wall_clock_us(),
            .context = without_secrets(std::move(job.context)),
            .notify = std::move(job.notify),
            .sync = std::move(job.sync),
            .named = job.named,
            .runs = std::move(job.runs),
            .marks = std::move(job.marks)};
}

job_row row_of(const job_record& job, const std::string& trouble) {
    job_row row{.id = job.id,
                .kind = job.kind,
                .created_us = job.created_us,
                .state = trouble.empty() ? job_state::active : job_state::trying,
                .trouble = finished_text(trouble),
                .told = job.told,
                .failed = job.failed};
    if (job.kind == job_kind::sync) {
        row.remote = job.sync.remote;
        row.what = "sync --follow" + (job.sync.selection.runs.empty()
                                          ? std::string()
                                          : " " + words_text(job.sync.selection.runs));
    } else {
        row.remote = job.notify.remote;
        row.name = job.notify.name;
        row.what = job.notify.webhook.empty() ? words_text(job.notify.program) : job.notify.webhook;
        row.runs = job.runs;
    }
    return row;
}

command_context without_secrets(command_context context) {
    static const std::set<std::string> kept{"HOME",
                                            "USER",
                                            "LOGNAME",
                                            "SHELL",
                                            "PATH",
                                            "LANG",
                                            "LC_ALL",
                                            "TMPDIR",
                                            "SSH_AUTH_SOCK",
                                            "GUILD_HOME",
                                            "GUILD_CONFIG",
                                            "VIRTUAL_ENV",
                                            "CONDA_PREFIX",
                                            "XDG_CACHE_HOME",
                                            "XDG_CONFIG_HOME",
                                            "DISPLAY",
                                            "XDG_DATA_HOME",
                                            "XDG_RUNTIME_DIR",
                                            "XDG_STATE_HOME",
                                            "WAYLAND_DISPLAY",
                                            "DBUS_SESSION_BUS_ADDRESS"};
    std::erase_if(context.environment, [](const auto& each) { return !kept.contains(each.first); });
    context.at_terminal = false; // nobody is there to be asked
    context.assume_yes = true;
    return context;
}

std::string new_job_id() {
    return hex_digits(8);
}

std::string new_notification_id() {
    return hex_digits(32);
}

} // namespace outrider
