#pragma once

#include "tests/support/temporary_directory.hpp"

#include <map>
#include <string>

namespace outrider::testing {

/// A private Slurm on this machine (`tests/support/slurm-bed`), started with these settings. Its
/// end stops all of it. It takes seconds: one for each test program.
class slurm_bed {
  public:
    explicit slurm_bed(const std::map<std::string, std::string>& settings = {});
    slurm_bed(const slurm_bed&) = delete;
    slurm_bed& operator=(const slurm_bed&) = delete;
    ~slurm_bed();

    /// Of its clients: SLURM_CONF.
    [[nodiscard]] std::map<std::string, std::string> variables() const;
    /// The output of a shell command with Slurm's clients; throws where it fails.
    [[nodiscard]] std::string ask(const std::string& command) const;
    /// Ends one daemon (`ctld`, `node1`, `munge`), and starts it again.
    void end(const std::string& daemon, const std::string& signal = "TERM") const;
    void start(const std::string& daemon) const;
    /// Sends a signal to a daemon: STOP has it hang, CONT go on.
    void signal(const std::string& daemon, const std::string& name) const;

  private:
    void tool(const std::string& words) const;

    temporary_directory place_;
    std::string directory_ = place_ / "bed";
    std::map<std::string, std::string> settings_;
};

/// The one bed of this test program, started when it is asked for first.
[[nodiscard]] const slurm_bed& bed_of_all_tests();

} // namespace outrider::testing
