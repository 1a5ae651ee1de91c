#pragma once

#include "engine/engine.hpp"
#include "tests/support/copy_scene.hpp"
#include "transports/http/http_server.hpp"
#include "transports/http/service_client.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace outrider::testing {

/// A service in this process, on a thread of its own, before a home with one ended run.
class served_engine {
  public:
    explicit served_engine(http_limits limits = {}, bool on_port = false);
    served_engine(const served_engine&) = delete;
    served_engine& operator=(const served_engine&) = delete;
    ~served_engine() { end(); }

    void end();
    [[nodiscard]] std::string socket() const { return scene_.place() / "run/serve.sock"; }
    [[nodiscard]] service_connection connect() const;
    [[nodiscard]] service_connection::reply ask(const char* method, const std::string& target,
                                                const std::string& body = {}) const;
    /// Sends raw bytes to the socket, and gives what comes back until the server closes: the last
    /// request has to ask for that.
    [[nodiscard]] std::string say(const std::string& text) const;
    /// The same to the port, and closes our end.
    [[nodiscard]] std::string say_to_port(const std::string& text) const;
    /// A connection whose command has asked something: without an answer it waits for ever.
    [[nodiscard]] descriptor open_question() const;

    std::string id; ///< of the run
    std::uint16_t port = 0;
    [[nodiscard]] const copy_scene& scene() const { return scene_; }

  private:
    copy_scene scene_{remote_place::here}; // of which the program under test knows
    std::unique_ptr<engine> engine_;
    std::thread thread_;
};

} // namespace outrider::testing
