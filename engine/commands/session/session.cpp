#include "engine/commands/session/session.hpp"

#include "engine/config/config.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/reactor/notifier.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace outrider {
namespace {

// The coroutine form of asking a client, who may answer on any thread. A cancelled command waits
// for the answer all the same: the client gives one when the command's end is forced on a person.
command_session::asker asker_of(const command_client& client) {
    return [ask = client.ask](question asked) -> awaitable<std::optional<std::string>> {
        std::optional<std::string> answer;
        const auto executor = co_await asio::this_coro::executor;
        const auto start = [&](auto handler) {
            using handler_type = decltype(handler);
            struct pending {
                handler_type resume;
                asio::executor_work_guard<asio::any_io_executor> guard;
            };
            // Shared, for a function object has to be copyable.
            auto one = std::make_shared<pending>(
                pending{std::move(handler), asio::make_work_guard(executor)});
            ask(asked, [one, &answer](std::optional<std::string> given) {
                asio::post(one->guard.get_executor(),
                           [one, &answer, given = std::move(given)]() mutable {
                               answer = std::move(given);
                               std::move(one->resume)();
                           });
            });
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(start,
                                                                              asio::use_awaitable);
        co_return answer;
    };
}

} // namespace

command_session::command_session(command_context context, command_client client,
                                 engine_resources& resources)
    : context_(std::move(context)), client_(std::move(client)), tell_(client_.tell),
      confirm_(asker_of(client_)), ask_secret_(confirm_), resources_(resources) {}

command_session::command_session(const command_session& whole, teller tell, asker confirming)
    : context_(whole.context_), client_(whole.client_), tell_(std::move(tell)),
      confirm_(std::move(confirming)), ask_secret_(whole.ask_secret_), resources_(whole.resources_),
      settings_(whole.settings_), outdated_(whole.outdated_) {}

awaitable<void> command_session::catch_up() {
    if (!client_is_behind()) {
        co_return;
    }
    struct waiting {
        explicit waiting(const asio::any_io_executor& executor) : changed(executor) {}
        notifier changed;
        bool over = false;
    };
    // Shared, for the client may call after the command has gone on.
    auto one = std::make_shared<waiting>(co_await asio::this_coro::executor);
    stop_waiting_ = [one] {
        one->over = true;
        one->changed.notify();
    };
    client_.on_caught_up(stop_waiting_);
    while (!one->over) {
        if (!co_await one->changed.wait()) {
            throw boost::system::system_error(asio::error::operation_aborted);
        }
    }
}

awaitable<result<bool>> command_session::agree(question what) {
    if (context_.assume_yes) {
        co_return true;
    }
    const auto said = co_await confirm_(std::move(what));
    if (!said) {
        co_return failure(errc::aborted, "standard input ended; use -y to go on without being "
                                         "asked");
    }
    co_return said == "yes";
}

awaitable<result<>> command_session::confirm(question what) {
    const auto agreed = co_await agree(std::move(what));
    if (!agreed) {
        co_return agreed.error();
    }
    co_return *agreed ? result<>() : failure(errc::aborted, "aborted");
}

result<std::shared_ptr<const config>> command_session::settings() {
    if (!settings_) {
        auto read = load_config(context_, resources_.configs);
        if (!read) {
            return read.error();
        }
        settings_ = std::make_shared<const config>(std::move(*read));
    }
    return settings_;
}

awaitable<result<target>> command_session::find_target(std::string remote_name) {
    remote to;
    if (remote_name.empty()) {
        auto home = find_guild_home(context_);
        if (!home) {
            co_return home.error();
        }
        to = resources_.links.types().this_machine(*home);
    } else {
        auto known = settings();
        if (!known) {
            co_return known.error();
        }
        auto found = find_remote(**known, resources_.links.types(), remote_name);
        if (!found) {
            co_return found.error();
        }
        to = std::move(*found);
    }
    auto over = resources_.links.find(to);
    if (!over) {
        co_return over.error();
    }
    std::string name = remote_name.empty() ? "" : to.name;
    std::string guild_home = to.guild_home;
    std::optional<protocol::slurm_job> job;
    if (auto rules = resources_.links.types().slurm_of(to)) {
        job = std::move(rules->job);
    }
    co_return target{.over = *over,
                     .to = std::move(to),
                     .remote = std::move(name),
                     .home = std::move(guild_home),
                     .job = std::move(job)};
}

awaitable<result<std::shared_ptr<agent_client>>> command_session::agent(const target& at) {
    auto reached = co_await at.over->control(connecting());
    if (resources_.is_service() && !at.remote.empty()) {
        auto& watches = resources_.machines->watches;
        if (reached) {
            watches.reached(*at.over, context_);
        } else {
            watches.failed(*at.over, context_, reached.error());
        }
        if (outdated_ && outdated_->insert(at.over).second) {
            watches.invalidate(*at.over);
        }
    }
    co_return reached;
}

void command_session::invalidate_memory() {
    if (resources_.is_service() && outdated_) {
        for (auto* each : *outdated_) {
            resources_.machines->watches.invalidate(*each);
        }
    }
}

awaitable<result<std::shared_ptr<agent_client>>> command_session::bulk_agent(const target& at) {
    co_return co_await at.over->bulk(connecting());
}

awaitable<std::vector<finding>> command_session::examine(const target& at) {
    co_return co_await at.over->examine(connecting());
}

bool command_session::interrupt() {
    if (stop_waiting_) {
        stop_waiting_();
    }
    if (!interrupt_) {
        return false;
    }
    interrupt_();
    return true;
}

connect_context command_session::connecting() {
    connect_context out;
    out.environment = context_.environment;
    out.at_terminal = context_.at_terminal;
    out.connections = static_cast<int>(context_.connections);
    out.ask = [this](secret_question asked) -> awaitable<result<std::string>> {
        question what;
        what.kind = question_kind::secret;
        what.remote = asked.remote;
        what.text = asked.text;
        what.echo = asked.echo;
        auto said = co_await ask_secret_(what);
        if (!said) {
            co_return failure(errc::aborted, asked.remote + ": nobody answered: " + asked.text);
        }
        co_return std::move(*said);
    };
    out.tell = [this](std::string text) { emit(note{.text = std::move(text)}); };
    return out;
}

} // namespace outrider
