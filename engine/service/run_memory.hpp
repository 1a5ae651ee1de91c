#pragma once

#include "engine/api/news.hpp"
#include "engine/commands/clock_offset.hpp"
#include "engine/protocol/messages.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// Runs of a machine, newest first, and when they were asked for.
struct run_listing {
    std::string home; ///< absolute, there
    std::vector<protocol::run_facts> runs;
    std::int64_t total = 0;    ///< that are there
    std::int64_t asked_us = 0; ///< µs since the epoch here: what is told was true then, or later
};

/// What a service knows of one machine.
struct machine_memory {
    std::string remote;                    ///< its name
    std::string home;                      ///< Guild home, absolute, there
    std::vector<protocol::run_facts> runs; ///< the newest, newest first; at most
                                           ///< `run_memory::most_per_machine`
    std::int64_t total = 0;                ///< runs that are there
    std::int64_t confirmed_us = 0; ///< when all of it was true, µs since the epoch here; 0: never
    bool watched = false;          ///< changes are told as they happen
    link_state link = link_state::unknown;
    std::int64_t link_since_us = 0; ///< since when the link is in that state
    std::string trouble;            ///< why it is lost
    clock_offset clock;

    /// Every run that is there is among `runs`.
    [[nodiscard]] bool whole() const { return static_cast<std::int64_t>(runs.size()) == total; }
};

/// One change of a run that the memory took in.
struct memory_change {
    run_change what = run_change::changed;
    protocol::run_facts run; ///< as it is now; of a gone one as it was
};

/// What a service knows of the runs of machines: pure data, in a bounded space. Kept by
/// `link_key(remote)`, so that a remote whose configuration changed is another machine; what was
/// known of the old one is forgotten. Filled by the listings of commands and by `machine_watch`.
/// Owned by the `service`; one thread.
class run_memory {
  public:
    /// Runs that are remembered of one machine.
    static constexpr std::size_t most_per_machine = 1000;
    /// Runs that are remembered in all: with more than 40 machines fewer of each.
    static constexpr std::size_t most_in_all = 40'000;

    /// Told of every change, after it was taken in; none may change the memory.
    struct listener {
        std::function<void(const machine_memory&, const std::vector<memory_change>&)> runs_changed;
        std::function<void(const machine_memory&)> link_changed;
    };
    explicit run_memory(listener told = {}) : told_(std::move(told)) {}

    /// A machine that is to be known from now on. Forgets others of the same name.
    machine_memory& add(const std::string& key, const std::string& remote);
    void forget(const std::string& key);
    /// Nothing: it is not known.
    [[nodiscard]] const machine_memory* find(const std::string& key) const;
    /// All, by key.
    [[nodiscard]] const std::map<std::string, machine_memory>& machines() const;

    /// All that a machine has, or the newest of it, as just listed: takes the place of what was
    /// known.
    void take(const std::string& key, run_listing listing);
    /// What a command listed while the machine is watched: newer facts of runs that are known. If
    /// it is not watched, as `take`.
    void take_aside(const std::string& key, run_listing listing);
    /// A watch tells of new facts, and of runs that are gone.
    void take_changes(const std::string& key, std::vector<protocol::run_facts> changed,
                      const std::vector<std::string>& gone, std::int64_t total);
    /// All that is known of it was true at that time.
    void confirm(const std::string& key, std::int64_t time_us);
    void set_watched(const std::string& key, bool watched);
    void set_link(const std::string& key, link_state state, std::string why = {});
    void set_clock(const std::string& key, clock_offset clock);

    /// A command may have changed runs there: nothing is told from memory until a listing that is
    /// asked for later was taken.
    void doubt(const std::string& key);
    [[nodiscard]] bool doubted(const std::string& key) const;

  private:
    struct entry;
    std::map<std::string, machine_memory> machines_;
    std::map<std::string, std::int64_t> doubted_us_; // since when
    listener told_;
};

} // namespace outrider
