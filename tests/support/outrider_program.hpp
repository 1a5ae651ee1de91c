#pragma once

#include "tests/support/temporary_directory.hpp"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace outrider::testing {

/// How a program ended, and all that it said.
struct program_result {
    int exit_code = -1; ///< 128 + N when signal N ended it
    std::string out;
    std::string err;
};

/// One started `outrider`. Every wait has a deadline and throws when that passes; its end kills the
/// program if it still runs.
class running_program {
  public:
    static constexpr std::chrono::seconds default_deadline{30};

    running_program(const std::string& executable, const std::vector<std::string>& words,
                    const std::map<std::string, std::string>& environment,
                    const std::string& directory, const std::string& input);
    running_program(running_program&& other) noexcept;
    running_program& operator=(running_program&&) = delete;
    ~running_program();

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] const std::string& out() const { return result_.out; }
    [[nodiscard]] const std::string& err() const { return result_.err; }
    /// Reads until standard output (or standard error) holds the text.
    void wait_for_out(const std::string& text, std::chrono::seconds limit = default_deadline);
    void wait_for_err(const std::string& text, std::chrono::seconds limit = default_deadline);
    /// Reads until it holds.
    void wait_until(const std::function<bool()>& holds,
                    std::chrono::seconds limit = default_deadline);
    /// What was read of standard output and not taken yet: for more than fits into memory.
    [[nodiscard]] std::string take_out() { return std::exchange(result_.out, {}); }
    /// Bytes of standard output that wait to be read.
    [[nodiscard]] int unread() const;
    void signal(int number) const;
    /// Waits for its end.
    program_result finish(std::chrono::seconds limit = default_deadline);

  private:
    void wait_for(const std::string& stream, const std::string& text, std::chrono::seconds limit);
    bool read_some(std::chrono::steady_clock::time_point deadline);
    void reap();

    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    program_result result_;
};

/// A person with the built `outrider`, on a machine of their own: HOME, Guild home, configuration
/// and caches are in one temporary directory, with a project to work in. Its end kills every
/// process whose environment names that directory, runs included.
class outrider_program {
  public:
    outrider_program();
    outrider_program(const outrider_program&) = delete;
    outrider_program& operator=(const outrider_program&) = delete;
    ~outrider_program();

    /// Runs it to its end, with `input` as standard input.
    program_result run(const std::vector<std::string>& words, const std::string& input = "") const;
    [[nodiscard]] running_program start(const std::vector<std::string>& words) const;
    /// The same program through a link of this name.
    program_result run_as(const std::string& name, const std::vector<std::string>& words) const;

    [[nodiscard]] std::string home() const { return directory_ / "home"; }
    [[nodiscard]] std::string guild_home() const { return directory_ / "guild"; }
    [[nodiscard]] std::string run_directory(const std::string& id) const {
        return guild_home() + "/runs/" + id;
    }
    [[nodiscard]] std::string project() const { return directory_ / "project"; }
    [[nodiscard]] std::string config() const { return directory_ / "config.yml"; }
    [[nodiscard]] const temporary_directory& directory() const { return directory_; }
    void write_config(const std::string& text) const { write_file(config(), text); }
    void write_project_file(const std::string& name, const std::string& text) const;

    std::map<std::string, std::string> environment; ///< of the programs it starts
    std::string working_directory;                  ///< the project at first

  private:
    temporary_directory directory_;
};

/// Kills every process, except this one, that has `directory` in its environment or command line,
/// and waits until they are gone.
void end_processes_of(const std::string& directory);

/// Processes with this text in their command line.
[[nodiscard]] std::vector<pid_t> processes_with(const std::string& text);

} // namespace outrider::testing
