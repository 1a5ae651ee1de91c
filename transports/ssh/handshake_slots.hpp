#pragma once

#include "engine/reactor/awaitable.hpp"
#include "transports/ssh/admission_room.hpp"
#include "transports/ssh/waiters.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace outrider::ssh {

/// Bounds the connections in the making. Each holds a place at its server (8), whose MaxStartups
/// turns away more than ten; a server that turns us away gets fewer at once. And each holds a place
/// among all (32 unless the command says otherwise) and among those through the same jump host (8),
/// so that key exchanges starve neither the other coroutines nor the jump host; fewer where they
/// take long, since more of them at once would only make each of them later. A server that is
/// silent keeps nobody waiting: who waits for it gives its places back, and takes them again when
/// the server speaks. Owned by the transport.
class handshake_slots {
  public:
    using clock = std::chrono::steady_clock;
    static constexpr int to_one_server = 8;
    static constexpr int through_one_jump_host = 8;
    /// After so long without a word from the server a connection is no longer counted there.
    static constexpr std::chrono::seconds silence_limit{2};

    static constexpr std::chrono::milliseconds hesitation_limit{250};

    class slot;
    /// Waits for a place at `server`; fails only when cancelled. `through` names the jump host.
    [[nodiscard]] awaitable<result<std::shared_ptr<slot>>> acquire(std::string server,
                                                                   std::string through);
    /// Whether a connection to this server was secured in the last five seconds.
    [[nodiscard]] bool answers(const std::string& server) const;

  private:
    struct server_load {
        int held = 0;
        int silent = 0;              // of those whose place was given back
        double room = to_one_server; // how many at once; less after it turned somebody away
        clock::time_point secured;
    };
    std::map<std::string, server_load> servers_; // one entry for each server ever met
    std::map<std::string, int> through_;         // by jump host
    int in_all_ = 0;
    admission_room room_in_all_;
    waiters waiting_;
};

/// A place of one connection in the making; given back when it is destroyed. Uncounted places are
/// those of silent servers, and of connections for which a person is being asked.
class handshake_slots::slot : public std::enable_shared_from_this<slot> {
  public:
    slot(const asio::any_io_executor& executor, handshake_slots& owner, std::string server,
         std::string through);
    slot(const slot&) = delete;
    slot& operator=(const slot&) = delete;
    ~slot();

    /// Waits until fewer than `limit` are in the making in all, and is one of them from then on.
    /// False when cancelled.
    [[nodiscard]] awaitable<bool> enter(int limit);
    /// The server speaks: from now on this is counted there however long it takes, and may `enter`
    /// again if it is not among all any more.
    void heard();
    /// What connects is a program that needs time to start and tells nothing meanwhile.
    void allow_slow_start() { hesitation_ = silence_limit; }
    /// While a person is asked, others may go on; `resume` does not wait.
    void pause();
    void resume();
    /// The server was reached: the key exchange is done.
    void secured();
    /// The server turned this connection away: it gets fewer at once.
    void turned_away();

  private:
    friend class handshake_slots;
    void watch_silence();
    void hesitate();
    void fall_silent();
    void count_in_all(int change);
    void end_turn();

    handshake_slots& owner_;
    server_load& at_; // map nodes stay where they are
    std::string through_;
    asio::steady_timer silence_;
    std::chrono::milliseconds hesitation_ = hesitation_limit;
    bool heard_ = false;
    bool silent_ = false;
    bool entered_ = false;
    bool paused_ = false;
    clock::time_point began_; // its turn, later by what a person took
    clock::time_point paused_at_;
};

} // namespace outrider::ssh
