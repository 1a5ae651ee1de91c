#pragma once

#include "engine/api/service_events.hpp"
#include "engine/resident.hpp"
#include "engine/service/news.hpp"
#include "engine/service/reactor_lateness.hpp"
#include "engine/service/run_memory.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace outrider {

class webhook_sender;

struct service_options {
    std::string state_directory;              ///< absolute; holds `jobs/`. `service_directory` is
                                              ///< the usual one
    std::unique_ptr<webhook_sender> webhooks; ///< null: webhooks are refused
};

/// `$XDG_STATE_HOME/outrider`, or `~/.local/state/outrider`.
[[nodiscard]] std::string service_directory(const std::map<std::string, std::string>& environment);

/// A remote that this service was asked for, and the state of its link.
struct known_remote {
    std::string remote;
    link_state link = link_state::unknown;
    std::int64_t since_us = 0;     ///< that the link is in that state
    std::string trouble;           ///< why it is lost
    std::int64_t confirmed_us = 0; ///< when all that is known of its runs was true; 0: never
    std::int64_t runs = 0;         ///< that are there
    std::int64_t running = 0;      ///< of those that are known
};
BOOST_DESCRIBE_STRUCT(known_remote, (),
                      (remote, link, since_us, trouble, confirmed_us, runs, running))

/// A run that is remembered, as last confirmed: `known_remote::confirmed_us`.
struct known_run {
    run_row run; ///< with `held_by`; times of the clock there
    std::int64_t confirmed_us = 0;
    std::string trouble; ///< why its machine cannot be asked at present; or empty
};
BOOST_DESCRIBE_STRUCT(known_run, (), (run, confirmed_us, trouble))

/// What `/metrics` tells; counters count from the start of the service.
struct service_counters {
    std::int64_t commands = 0;        ///< begun
    std::int64_t commands_active = 0; ///< now
    std::int64_t commands_failed = 0;
    std::int64_t links_lost = 0;
    std::int64_t machines = 0; ///< known now
    std::int64_t machines_up = 0;
    std::int64_t runs_known = 0; ///< now
    std::int64_t runs_running = 0;
    std::int64_t news = 0;
    std::int64_t news_missed = 0; ///< dropped for slow subscribers
    std::int64_t subscribers = 0; ///< now
    std::int64_t jobs = 0;        ///< now
    std::int64_t notifications = 0;
    std::int64_t notifications_failed = 0; ///< attempts
};
BOOST_DESCRIBE_STRUCT(service_counters, (),
                      (commands, commands_active, commands_failed, links_lost, machines,
                       machines_up, runs_known, runs_running, news, news_missed, subscribers, jobs,
                       notifications, notifications_failed))

/// What makes an engine a service: it remembers, watches, tells news and does standing jobs. Owned
/// by the engine (`engine::add`); others that live in the engine read from it on its thread.
class service final : public resident {
  public:
    explicit service(service_options options);
    ~service() override;

    awaitable<result<>> run(engine& heart, engine_resources& with) override;
    void stop() override;

    [[nodiscard]] std::vector<known_remote> remotes() const;
    /// All that are remembered, of these remotes or of all, by remote, newest first.
    [[nodiscard]] std::vector<known_run>
    runs(const std::vector<std::string>& of_remotes = {}) const;
    [[nodiscard]] std::vector<job_row> jobs() const;
    [[nodiscard]] service_counters counters() const;
    [[nodiscard]] lateness_summary lateness() const;
    [[nodiscard]] news_hub& news();

  private:
    class state;
    std::unique_ptr<state> state_;
};

} // namespace outrider
