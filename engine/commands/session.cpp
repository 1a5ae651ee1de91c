#include "engine/commands/session.hpp"

#include "engine/config/config.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/reactor/blocking.hpp"

namespace outrider {

command_session::command_session(command_context context, engine::event_sink sink,
                                 engine::answerer answer, link_pool& links,
                                 transfer_slots& transfers)
    : context_(std::move(context)), sink_(std::move(sink)), answer_(std::move(answer)),
      links_(links), transfers_(transfers) {}

awaitable<result<>> command_session::confirm(question what) {
    if (context_.assume_yes) {
        co_return result<>();
    }
    auto ask = [answer = answer_, what] { return answer(what); };
    const auto said = co_await run_blocking(ask);
    if (said != "yes") {
        co_return failure(errc::aborted, said ? "aborted"
                                              : "standard input ended; use -y to go on "
                                                "without being asked");
    }
    co_return result<>();
}

awaitable<result<target>> command_session::find_target(std::string remote_name) {
    remote to;
    if (remote_name.empty()) {
        auto home = find_guild_home(context_);
        if (!home) {
            co_return home.error();
        }
        to = this_machine(*home);
    } else {
        auto settings = load_config(context_);
        if (!settings) {
            co_return settings.error();
        }
        auto found = find_remote(*settings, remote_name);
        if (!found) {
            co_return found.error();
        }
        to = std::move(*found);
    }
    auto over = links_.find(to);
    if (!over) {
        co_return over.error();
    }
    co_return target{
        .over = *over, .remote = remote_name.empty() ? "" : to.name, .home = to.guild_home};
}

awaitable<result<std::shared_ptr<agent_client>>> command_session::agent(const target& at) {
    co_return co_await at.over->control(connecting());
}

awaitable<result<std::shared_ptr<agent_client>>> command_session::bulk_agent(const target& at) {
    co_return co_await at.over->bulk(connecting());
}

bool command_session::interrupt() {
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
    out.ask = [this](secret_question asked) -> awaitable<result<std::string>> {
        question what;
        what.kind = question_kind::secret;
        what.remote = asked.remote;
        what.text = asked.text;
        what.echo = asked.echo;
        auto ask = [answer = answer_, what] { return answer(what); };
        auto said = co_await run_blocking(ask);
        if (!said) {
            co_return failure(errc::aborted, asked.remote + ": nobody answered: " + asked.text);
        }
        co_return std::move(*said);
    };
    out.tell = [this](std::string text) { emit(note{.text = std::move(text)}); };
    return out;
}

remote this_machine(const std::string& guild_home) {
    remote here;
    here.name = this_machine_name;
    here.type = "local";
    here.guild_home = guild_home;
    return here;
}

} // namespace outrider
