#pragma once

#include "engine/api/machine_events.hpp"
#include "engine/api/run_row.hpp"

#include <boost/describe.hpp>

#include <cstdint>
#include <string>
#include <variant>

/// What a service tells whoever subscribed, apart from the events of a command.
namespace outrider {

BOOST_DEFINE_ENUM_CLASS(link_state,
                        up,   ///< an agent answers there
                        lost) ///< it was up, or could not be made; the next use tries again
/// The state of the link to a remote changed.
struct link_news {
    std::string remote;
    link_state state = link_state::up;
    std::string why; ///< it is lost
};
BOOST_DESCRIBE_STRUCT(link_news, (), (remote, state, why))

BOOST_DEFINE_ENUM_CLASS(run_change,
                        appeared, ///< it is new to the service
                        changed,  ///< its state or attributes
                        ended,    ///< by evidence: the state is completed, error or terminated
                        gone)     ///< it was deleted; `run` is as it was
/// A run that this service watches, or that a command of it followed, changed. Times are of the
/// clock there.
struct run_news {
    std::string remote;
    run_change change = run_change::ended;
    run_row run;
};
BOOST_DESCRIBE_STRUCT(run_news, (), (remote, change, run))

/// A command of any client began or ended.
struct command_news {
    std::int64_t id = 0;
    std::string name;   ///< "pull"
    std::string remote; ///< as it was given; may name several
    bool ended = false;
    std::string failure; ///< name of an `errc` if it ended with one
};
BOOST_DESCRIBE_STRUCT(command_news, (), (id, name, remote, ended, failure))

/// Progress of copies is told by the event of the command that copies.
using news_body = std::variant<link_news, run_news, copy_progress, command_news>;

/// One piece of news.
struct news {
    std::int64_t number = 0;  ///< counts all news of this service from 1
    std::int64_t time_us = 0; ///< µs since the epoch
    news_body what;
};

} // namespace outrider
