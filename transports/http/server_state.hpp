#pragma once

#include "engine/api/command_queue.hpp"
#include "engine/resources/engine_resources.hpp"
#include "engine/service/reactor_lateness.hpp"
#include "transports/http/access_check.hpp"
#include "transports/http/browser_logins.hpp"
#include "transports/http/http_stream.hpp"
#include "transports/http/request_target.hpp"
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
    browser_logins logins = {};             ///< through that port
    std::function<void(std::chrono::milliseconds grace)> stop;              ///< ends the service
    std::int64_t begun_us = 0;                                              ///< µs since the epoch
    std::map<command_id, std::shared_ptr<served_command>> commands = {};    ///< that go on
    std::map<std::pair<std::string, std::string>, std::int64_t> ended = {}; ///< by kind and outcome
    std::int64_t output_sent = 0; ///< bytes of output of runs and files
    reactor_lateness lateness = {};
    bool stopping = false; ///< takes no more commands
};

/// A request whose route was found: it has been read, nothing was sent.
struct route_call {
    http_stream& stream;
    const http_request& asked;
    request_target target;
    std::string id; ///< what stands for `{id}` in the path
};

} // namespace outrider
