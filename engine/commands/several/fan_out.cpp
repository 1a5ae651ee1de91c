#include "engine/commands/several/fan_out.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <iterator>

namespace outrider {

question merged_question(std::list<question> asked) {
    asked.sort([](const question& a, const question& b) { return a.remote < b.remote; });
    if (asked.size() == 1) {
        return std::move(asked.front());
    }
    question whole = asked.front();
    whole.remote.clear();
    whole.runs.clear();
    for (auto& each : asked) {
        whole.remotes.push_back(each.remote);
        std::ranges::move(each.runs, std::back_inserter(whole.runs));
    }
    return whole;
}

awaitable<std::optional<std::string>> joint_question::ask(question asked, std::string remote) {
    asked.remote = remote;
    for (auto& run : asked.runs) {
        run.held_by = remote;
    }
    const auto mine = current_;
    const auto own = mine->asked.insert(mine->asked.end(), std::move(asked));
    changed_.notify();
    while (!mine->answered) {
        if (complete(*mine) && !mine->put) {
            mine->put = true;
            current_ = std::make_shared<round>(); // who asks again asks something else
            mine->answer = co_await whole_.put(merged_question(mine->asked));
            mine->answered = true;
            changed_.notify();
        } else if (!co_await changed_.wait()) {
            if (!mine->put) {
                mine->asked.erase(own);
            }
            throw boost::system::system_error(asio::error::operation_aborted);
        }
    }
    co_return mine->answer;
}

void joint_question::leave() {
    --members_;
    changed_.notify();
}

fan_out::fan_out(command_session& whole, std::vector<std::string> remotes, work each,
                 const asio::any_io_executor& executor, command_session::teller tell)
    : whole_(whole), each_(std::move(each)), tell_(std::move(tell)),
      question_(whole, remotes.size(), executor), tasks_(executor) {
    if (!tell_) {
        tell_ = [this](const event& what, const std::string& remote) { whole_.emit(what, remote); };
    }
    for (const auto& remote : remotes) {
        add_branch(remote, executor);
    }
    whole_.on_interrupt([this] { interrupt(); });
}

void fan_out::add_branch(const std::string& remote, const asio::any_io_executor& executor) {
    auto tell = [this, remote](const event& what, const std::string&) { tell_(what, remote); };
    auto ask = [this, remote](question asked) { return question_.ask(std::move(asked), remote); };
    branches_.emplace_back(remote, command_session(whole_, std::move(tell), std::move(ask)),
                           executor);
}

awaitable<std::vector<branch_end>> fan_out::run() {
    for (auto& one : branches_) {
        tasks_.spawn(one.end.remote, [this, &one] { return run_branch(one); });
    }
    co_await tasks_.join_or_cancel();
    std::vector<branch_end> ends;
    for (auto& one : branches_) {
        ends.push_back(std::move(one.end));
    }
    co_return ends;
}

awaitable<void> fan_out::run_branch(branch& one) {
    struct leaving {
        joint_question& question;
        ~leaving() { question.leave(); }
    } leave_on_exit{question_};
    // What it ends with if it is cancelled.
    one.end.error = failure(errc::cancelled, "interrupted");
    one.task.spawn(one.end.remote, [this, &one] { return work_on(one); });
    co_await one.task.join_or_cancel();
    if (one.end.error) {
        tell_failure(one.end);
    }
}

awaitable<void> fan_out::work_on(branch& one) {
    try {
        auto ended = co_await each_(one.session, one.end.remote);
        one.end.error.reset();
        if (ended) {
            one.end.exit_status = *ended;
        } else {
            one.end.error = ended.error();
        }
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) {
            one.end.error = failure(errc::internal, e.what());
        }
    } catch (const std::exception& e) {
        one.end.error = failure(errc::internal, e.what());
    }
}

void fan_out::tell_failure(const branch_end& end) {
    const auto kind = end.error->kind();
    if (kind != errc::aborted && kind != errc::cancelled) { // the person knows
        tell_(remote_failed{.remote = end.remote,
                            .code = std::string(errc_name(kind)),
                            .message = end.error->context,
                            .unreachable = is_unreachable(kind)},
              end.remote);
    }
}

void fan_out::interrupt() {
    for (auto& one : branches_) {
        if (!one.session.interrupt()) {
            one.task.cancel();
        }
    }
}

} // namespace outrider
