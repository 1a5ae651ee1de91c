#include "engine/service/standing_jobs.hpp"

#include "engine/config/config.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/core/wall_clock.hpp"
#include "engine/reactor/blocking.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_jobs = 200;
/// Between two tries of what needs a person: a configuration that does not make sense.
constexpr auto configuration_pause = 1min;
/// Between two tries of copies that failed.
constexpr auto least_copy_pause = 30s;
constexpr auto most_copy_pause = 10min;

} // namespace

struct standing_jobs::standing {
    standing(const asio::any_io_executor& executor, job_record job)
        : record(std::move(job)), task(executor) {}

    job_record record;
    std::string key;                   // of the machine whose runs it tells of, once it is known
    std::string trouble;               // beside that of `notify`
    std::optional<notify_job> notify;  // while it goes on
    std::optional<command_id> copying; // a command of the job goes on
    bool removed = false;              // by a person, or it is done
    task_group task;                   // the one that does it
};

standing_jobs::standing_jobs(asio::any_io_executor executor, std::string directory,
                             standing_job_parts with)
    : executor_(executor), store_(std::move(directory)), with_(std::move(with)), tasks_(executor) {}

standing_jobs::~standing_jobs() = default;

awaitable<void> standing_jobs::read() {
    auto found = co_await run_blocking([store = store_] { return store.read(); });
    for (const auto& said : found.set_aside) {
        spdlog::warn("{}", said);
    }
    for (auto& job : found.jobs) {
        jobs_.push_back(std::make_unique<standing>(executor_, std::move(job)));
    }
}

void standing_jobs::begin() {
    for (auto& each : jobs_) {
        start(*each);
    }
}

awaitable<void> standing_jobs::close() {
    stopping_ = true;
    for (auto& each : jobs_) {
        each->task.cancel();
    }
    co_await tasks_.join();
    for (auto& each : jobs_) {
        co_await each->task.join();
    }
    jobs_.clear();
}

awaitable<result<job_row>> standing_jobs::add(standing_job what) {
    if (stopping_) {
        co_return failure(errc::cancelled, "the service is about to end");
    }
    if (jobs_.size() >= most_jobs) {
        co_return failure(errc::conflict, "there are 200 standing jobs already");
    }
    auto job = record_of(std::move(what));
    auto saved = co_await run_blocking([store = store_, job] { return store.write(job); });
    if (!saved) {
        co_return saved.error();
    }
    auto row = row_of(job, {});
    if (stopping_) {
        co_return row;
    }
    start(*jobs_.emplace_back(std::make_unique<standing>(executor_, std::move(job))));
    co_return row;
}

result<standing_jobs::standing*> standing_jobs::find(const std::string& text) const {
    std::vector<standing*> found;
    for (const auto& each : jobs_) {
        if (!text.empty() && !each->removed &&
            (each->record.id.starts_with(text) || each->record.notify.name == text)) {
            found.push_back(each.get());
        }
    }
    if (found.size() == 1) {
        return found.front();
    }
    if (found.empty()) {
        return failure(errc::not_found, "there is no standing job '" + text + "'");
    }
    return failure(errc::ambiguous, "'" + text + "' is more than one standing job");
}

awaitable<result<std::vector<std::string>>> standing_jobs::remove(std::vector<std::string> jobs) {
    std::vector<std::string> ids;
    for (const auto& text : jobs) {
        auto found = find(text);
        if (!found) {
            co_return found.error();
        }
        const auto& id = (*found)->record.id;
        if (std::ranges::find(ids, id) == ids.end()) {
            ids.push_back(id);
        }
    }
    for (const auto& id : ids) {
        auto gone = co_await run_blocking([store = store_, id] { return store.remove(id); });
        if (!gone) {
            co_return gone.error();
        }
        if (auto found = find(id)) { // or it has just come to its end
            auto& one = **found;
            one.removed = true;
            if (one.copying) {
                with_.commands.interrupt(*one.copying);
            }
            one.task.cancel();
        }
    }
    co_return ids;
}

std::vector<job_row> standing_jobs::list() const {
    std::vector<job_row> rows;
    for (const auto& each : jobs_) {
        if (!each->removed) {
            const auto& trouble = each->notify && !each->notify->trouble().empty()
                                      ? each->notify->trouble()
                                      : each->trouble;
            rows.push_back(row_of(each->record, trouble));
        }
    }
    return rows;
}

result<> standing_jobs::check(const notify_command& what) const {
    return what.webhook.empty() ? result<>() : with_.sender->check(what.webhook);
}

void standing_jobs::runs_changed(const machine_memory& machine) {
    for (auto& each : jobs_) {
        if (each->notify && each->key == machine.key) {
            each->notify->see(machine);
        }
    }
}

// ---- one job

void standing_jobs::start(standing& one) {
    tasks_.spawn("job " + one.record.id, [this, &one] { return run(one); });
}

// In a task of its own, so that removing the job ends that alone.
awaitable<void> standing_jobs::run(standing& one) {
    one.task.spawn("job " + one.record.id, [this, &one] {
        return one.record.kind == job_kind::notify ? run_notify(one) : run_sync(one);
    });
    co_await one.task.join();
    one.notify.reset();
    with_.machines.watches.release(one.record.id);
    if (one.removed) {
        std::erase_if(jobs_, [&](const auto& each) { return each.get() == &one; });
    }
}

// It is done.
awaitable<void> standing_jobs::end(standing& one) {
    one.removed = true;
    auto gone =
        co_await run_blocking([store = store_, id = one.record.id] { return store.remove(id); });
    if (!gone) {
        spdlog::error("{}", gone.error().context);
    }
}

result<link*> standing_jobs::machine_of(const standing& one) const {
    const auto& context = one.record.context;
    if (one.record.notify.remote.empty()) {
        const auto home = find_guild_home(context);
        return home ? with_.links.find(with_.links.types().this_machine(*home)) : home.error();
    }
    const auto settings = load_config(context);
    if (!settings) {
        return settings.error();
    }
    const auto to = find_remote(*settings, with_.links.types(), one.record.notify.remote);
    return to ? with_.links.find(*to) : to.error();
}

awaitable<void> standing_jobs::run_notify(standing& one) {
    auto machine = machine_of(one);
    while (!machine) {
        one.trouble = machine.error().context;
        asio::steady_timer pause(executor_, configuration_pause);
        co_await pause.async_wait(asio::use_awaitable);
        machine = machine_of(one);
    }
    one.trouble.clear();
    one.key = link_key((*machine)->to());
    auto record = [this, &one](const job_record& job) -> awaitable<result<>> {
        auto written = co_await run_blocking([store = store_, job] { return store.write(job); });
        if (one.removed) { // meanwhile
            written = co_await run_blocking([store = store_, job] { return store.remove(job.id); });
        }
        co_return written;
    };
    one.notify.emplace(executor_, one.record, *with_.sender, record);
    with_.machines.watches.need(**machine, one.record.context, one.record.id);
    const auto* known = with_.machines.memory.find(one.key);
    if (known != nullptr && known->confirmed_us != 0) {
        one.notify->see(*known);
    }
    co_await one.notify->run();
    if (!one.removed && one.record.named && one.record.runs.empty() && one.record.to_tell.empty()) {
        co_await end(one);
    }
}

awaitable<void> standing_jobs::run_sync(standing& one) {
    auto pause = std::chrono::milliseconds(least_copy_pause);
    while (!one.removed && !stopping_) {
        auto copied = co_await perform(one);
        if (one.removed || stopping_) {
            co_return;
        }
        if (copied) { // nothing runs any more
            co_await end(one);
            co_return;
        }
        one.trouble = copied.error().context;
        asio::steady_timer timer(executor_, pause);
        co_await timer.async_wait(asio::use_awaitable);
        pause = std::min<std::chrono::milliseconds>(2 * pause, most_copy_pause);
    }
}

// The command of the job, to its end.
awaitable<result<>> standing_jobs::perform(standing& one) {
    struct ending {
        bool over = false;
        result<> how;
        notifier changed;
        explicit ending(const asio::any_io_executor& executor) : changed(executor) {}
    };
    // Shared: the command may end after this job was cancelled.
    const auto end = std::make_shared<ending>(executor_);
    auto what = one.record.sync;
    what.standing = false;
    const auto tell = [end](const event& said, const std::string&) {
        if (const auto* last = std::get_if<command_ended>(&said)) {
            end->over = true;
            end->how = last->error ? result<>(*last->error) : result<>();
            end->changed.notify();
        }
    };
    const auto ask = [](const question&, answer_taker give) { give(std::nullopt); };
    const auto id =
        with_.commands.submit(std::move(what), one.record.context, {.tell = tell, .ask = ask});
    if (!id) {
        co_return id.error();
    }
    one.copying = *id;
    one.trouble.clear();
    while (!end->over) {
        if (!co_await end->changed.wait()) {
            co_return failure(errc::cancelled, "interrupted");
        }
    }
    one.copying.reset();
    co_return end->how;
}

} // namespace outrider
