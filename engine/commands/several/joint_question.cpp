#include "engine/commands/several/joint_question.hpp"

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

} // namespace outrider
