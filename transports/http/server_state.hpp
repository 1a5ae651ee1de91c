#pragma once

#include "engine/api/command_queue.hpp"
#include "engine/resources/engine_resources.hpp"
#include "engine/service/reactor_lateness.hpp"
#include "transports/http/access_check.hpp"
#include "transports/http/http_stream.hpp"
#include "transports/http/served_command.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace outrider {

/// What the routes of one server share. On the engine's thread.
struct server_state {
    command_queue& engine;
    engine_resources& with;
    asio::any_io_executor executor;
    command_context usual;                  ///< what a command's context leaves out
    std::optional<access_check> port_check; ///< of the TCP port, if there is one
    std::function<void(std::chrono::milliseconds grace)> stop;              ///< ends the service
    std::int64_t begun_us = 0;                                              ///< µs since the epoch
    std::map<command_id, std::shared_ptr<served_command>> commands = {};    ///< that go on
    std::map<std::pair<std::string, std::string>, std::int64_t> ended = {}; ///< by kind and outcome
    std::int64_t output_sent = 0; ///< bytes of output of runs and files
    reactor_lateness lateness = {};
    bool stopping = false; ///< takes no more commands
};

/// An exchange that a route goes on with by itself: the request has been read, nothing was sent.
struct open_exchange {
    http_stream& stream;
    const http_request& asked;
};

} // namespace outrider
