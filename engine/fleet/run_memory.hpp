#pragma once

#include "engine/api/news.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/remotes/clock_offset.hpp"

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
    std::int64_t total = 0;  ///< that are there
    std::int64_t moment = 0; ///< `run_memory::moment` when it was asked for
};

/// What a service knows of one machine.
struct machine_memory {
    std::string key;                       ///< of its link
    std::string remote;                    ///< its name
    std::string home;                      ///< Guild home, absolute, there
    std::vector<protocol::run_facts> runs; ///< the newest, newest first; at most
                                           ///< `run_memory::most_per_machine`
    std::int64_t total = 0;                ///< runs that are there
    std::int64_t confirmed_us = 0; ///< when all of it was true, µs since the epoch here; 0: never
    bool watched = false;          ///< changes are told as they happen
    std::string trouble;           ///< why it cannot be watched at present
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
/// A part of `known_machines`; one thread.
class run_memory {
  public:
    /// Runs that are remembered of one machine.
    static constexpr std::size_t most_per_machine = 1000;
    /// Runs that are remembered in all: with more than 40 machines fewer of each.
    static constexpr std::size_t most_in_all = 40'000;

    /// Told of all changes, after they were taken in, and of a whole listing also if nothing
    /// changed; may not change the memory.
    using listener = std::function<void(const machine_memory&, const std::vector<memory_change>&)>;
    explicit run_memory(listener told = {}) : told_(std::move(told)) {}

    /// A machine that is to be known from now on. Forgets others of the same name.
    machine_memory& add(const std::string& key, const std::string& remote);
    void forget(const std::string& key);
    /// Nothing: it is not known.
    [[nodiscard]] const machine_memory* find(const std::string& key) const;
    /// All, by key.
    [[nodiscard]] const std::map<std::string, machine_memory>& machines() const {
        return machines_;
    }

    /// All that a machine has, or the newest of it, as just listed: takes the place of what was
    /// known.
    void take(const std::string& key, run_listing listing);
    /// What a command listed while the machine is watched: newer facts of runs that are known. If
    /// it is not watched, as `take`.
    void take_aside(const std::string& key, run_listing listing);
    /// A watch tells of new facts, and of runs that are gone.
    void take_changes(const std::string& key, std::vector<protocol::run_facts> changed,
                      const std::vector<std::string>& gone, std::int64_t total);
    /// All that is known of it is true now.
    void confirm(const std::string& key);
    /// `trouble`: why it is not watched; empty while it is, or is about to be.
    void set_watched(const std::string& key, bool watched, std::string trouble = {});
    void set_clock(const std::string& key, clock_offset clock);

    /// A command may have changed runs there: nothing is told from memory until it was looked at
    /// after that. Gives the moment, which `settle` is called with then.
    std::int64_t invalidate(const std::string& key);
    void settle(const std::string& key, std::int64_t moment);
    [[nodiscard]] bool is_invalid(const std::string& key) const {
        return invalidations_.contains(key);
    }
    /// Counts invalidations: what is asked for at a moment answers all of them up to it.
    [[nodiscard]] std::int64_t moment() const { return moment_; }

  private:
    machine_memory* known(const std::string& key);
    [[nodiscard]] std::size_t limit() const;
    static void slim(protocol::run_facts& facts);

    std::map<std::string, machine_memory> machines_;
    std::map<std::string, std::int64_t> invalidations_; // the moment of the last one
    std::int64_t moment_ = 0;
    listener told_;
};

/// Whether a run has ended, by what is known of it. Pure.
[[nodiscard]] bool is_final(run_state state);

} // namespace outrider
