#pragma once

#include "engine/api/engine_access.hpp"
#include "engine/reactor/notifier.hpp"
#include "engine/text/finished_text.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outrider {

/// What a client is sent of its command.
enum class answer_form {
    event_lines, ///< each event as a line of JSON
    output,      ///< the bytes of its output alone
};

/// A command that a client of the server gave: its events wait here as bytes until the connection
/// takes them, and its questions until the client answers. Shared by the engine, which tells, and
/// the connection, which takes; on the engine's thread.
class served_command {
  public:
    /// Bytes that wait for a slow client before commands that tell of content wait, too.
    static constexpr std::size_t enough_waiting = std::size_t{1} << 20;
    /// Bytes that wait at most. A command that tells more nevertheless ends with an error.
    static constexpr std::size_t most_waiting = std::size_t{32} << 20;

    /// `names`: what its texts call the program and the command; without, its client finishes them.
    explicit served_command(const asio::any_io_executor& executor,
                            answer_form form = answer_form::event_lines,
                            std::optional<text_names> names = {})
        : changed_(executor), form_(form), names_(std::move(names)) {}

    /// What the engine tells and asks of `self`. `too_slow` is called once, where the client does
    /// not keep up; it ends the command.
    [[nodiscard]] static command_client client_of(const std::shared_ptr<served_command>& self,
                                                  std::function<void()> too_slow);

    /// Waits for bytes and gives all that are there; nothing after the last ones. Output begins
    /// with none, as soon as it is known that there is an output.
    [[nodiscard]] awaitable<std::optional<std::string>> take();
    /// Answers a question: "yes", a secret, or nothing where the person declined. False: there is
    /// no such question.
    [[nodiscard]] bool answer(std::int64_t question_id, std::optional<std::string> given);
    /// Leaves its questions, and those to come, without an answer: there is no time for one.
    void decline();
    /// Nobody listens any more: what is asked is not answered, what is told is dropped.
    void leave();
    /// The last event came.
    [[nodiscard]] bool ended() const { return ended_; }
    /// "done", or the name of an `errc`; after the end.
    [[nodiscard]] const std::string& outcome() const { return outcome_; }
    /// Why it failed, if it did; after the end.
    [[nodiscard]] const std::optional<failure>& error() const { return error_; }
    /// Bytes of output that it told.
    [[nodiscard]] std::int64_t output_told() const { return output_told_; }
    /// It was taken as that one; told before anything else.
    void begin(command_id id);

  private:
    void tell(const event& what, const std::string& remote);
    void ask(const question& asked, answer_taker give);
    void add_line(std::string line);
    void caught_up();

    [[nodiscard]] std::string formed(const event& what, const std::string& remote) const;

    notifier changed_;
    answer_form form_;
    std::optional<text_names> names_;
    std::string waiting_;                     ///< for the client
    bool begun_ = false;                      ///< there is output, if only of no bytes so far
    std::vector<std::function<void()>> held_; ///< what goes on when the client has caught up
    std::map<std::int64_t, answer_taker> questions_;
    std::int64_t last_question_ = 0;
    std::int64_t output_told_ = 0;
    std::function<void()> too_slow_;
    std::string outcome_;
    std::optional<failure> error_;
    bool left_ = false;
    bool declining_ = false;
    bool overflowed_ = false;
    bool ended_ = false;
};

} // namespace outrider
