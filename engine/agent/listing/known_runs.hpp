#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/runs/run_paths.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace outrider::agent {

/// What a client was told of the runs of a home, and so what is news to it. Reads runs when it is
/// told to; remembers of each a print only. Owned by the job that watches a listing.
class known_runs {
  public:
    known_runs(const agent_context& context, fs::path runs, std::vector<std::string> attributes)
        : context_(context), runs_(std::move(runs)), attributes_(std::move(attributes)) {}

    /// A run that is there and about which the client was told nothing.
    void add_untold(const std::string& id);
    /// The client is told of this.
    void add_told(const protocol::run_facts& facts);
    /// Reads a run again; collects what is news.
    void look_at(const std::string& id);
    /// Whether it is not known, or the marks of its records are other ones than at the last look.
    [[nodiscard]] bool differs(const std::string& id) const;
    /// The ids of what may change without a word of the file system: processes end.
    [[nodiscard]] std::vector<std::string> unfinished() const;
    /// Those that are known and not among `there`.
    [[nodiscard]] std::vector<std::string> missing(const std::set<std::string>& there) const;
    [[nodiscard]] std::int64_t total() const {
        return static_cast<std::int64_t>(runs_known_.size());
    }
    [[nodiscard]] bool has_news() const { return !changed_.empty() || !gone_.empty(); }

    /// What is to be told, at most so many runs; those that changed twice come once.
    [[nodiscard]] std::vector<protocol::run_facts> take_changed(std::size_t most);
    [[nodiscard]] std::vector<std::string> take_gone() { return std::exchange(gone_, {}); }

  private:
    struct known {
        std::uint64_t facts = 0; // print of what the client was told
        std::uint64_t marks = 0; // print of the records at the last look; 0: never
        bool unfinished = false;
    };
    [[nodiscard]] std::uint64_t marks_of(const std::string& id) const;

    const agent_context& context_;
    fs::path runs_;
    std::vector<std::string> attributes_;
    std::map<std::string, known> runs_known_;
    std::map<std::string, protocol::run_facts> changed_;
    std::vector<std::string> gone_;
};

} // namespace outrider::agent
