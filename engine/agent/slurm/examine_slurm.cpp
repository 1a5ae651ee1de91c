#include "engine/agent/server/event_set.hpp"
#include "engine/agent/server/jobs.hpp"
#include "engine/agent/slurm/slurm_answers.hpp"
#include "engine/agent/slurm/slurm_question.hpp"
#include "engine/agent/slurm/slurm_words.hpp"

#include <algorithm>
#include <array>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;

constexpr auto examine_limit = 20s;

/// The questions, in the order of `asked_words`.
enum class about { version, config, partitions, accounts };
constexpr std::size_t questions = 4;

std::vector<std::string> asked_words(about what) {
    switch (what) {
    case about::version:
        return {"sbatch", "--version"};
    case about::config:
        return {"scontrol", "show", "config"};
    case about::partitions:
        return {"sinfo", "-h", "-o", "%P|%a|%l|%D|%T"};
    case about::accounts:
        break;
    }
    return {"sacct", "-X", "-n", "-o", "JobID", "-j", "1"};
}

// A line a partition and state of nodes: "dev*|up|1:00:00|3|idle".
std::vector<protocol::slurm_partition> read_partitions(std::string_view text) {
    std::vector<protocol::slurm_partition> out;
    for (const auto line : lines_of(text)) {
        const auto fields = fields_of(line, '|', 5);
        if (fields.size() != 5 || fields[0].empty()) {
            continue;
        }
        auto name = fields[0];
        const bool is_default = name.ends_with('*');
        name.remove_suffix(is_default ? 1 : 0);
        auto found = std::ranges::find(out, name, &protocol::slurm_partition::name);
        if (found == out.end()) {
            found = out.insert(out.end(), {.name = std::string(name),
                                           .is_default = is_default,
                                           .state = std::string(fields[1]),
                                           .limit = std::string(fields[2]),
                                           .nodes = {}});
        }
        found->nodes += (found->nodes.empty() ? "" : ", ") + std::string(fields[3]) + " " +
                        std::string(fields[4]);
    }
    return out;
}

/// Asks all of it at once, each with its own time-out.
class examine_slurm_job final : public job {
  public:
    explicit examine_slurm_job(reply_channel channel) : channel_(channel) {
        const auto environment = slurm_environment(inherited_environment());
        for (std::size_t i = 0; i < questions; ++i) {
            asked_.at(i) = std::make_unique<slurm_question>(asked_words(static_cast<about>(i)),
                                                            environment, examine_limit);
        }
    }

    std::optional<job_wait> advance() override {
        if (cancelled_) {
            channel_.fail({errc::cancelled, "the examination was cancelled"});
            return std::nullopt;
        }
        for (std::size_t i = 0; i < questions; ++i) {
            if (asked_.at(i)) {
                answers_.at(i) = asked_.at(i)->poll();
                if (answers_.at(i)) {
                    asked_.at(i).reset();
                }
            }
        }
        for (const auto& question : asked_) {
            if (question) {
                return question->wait(); // the others are looked at after it
            }
        }
        channel_.reply(report());
        return std::nullopt;
    }
    void cancel() override { cancelled_ = true; }

  private:
    const slurm_answer& to(about what) const {
        return *answers_.at(static_cast<std::size_t>(what));
    }

    protocol::slurm_report report() const {
        protocol::slurm_report out;
        if (to(about::version).good()) {
            for (const auto line : lines_of(to(about::version).output)) {
                if (line.starts_with("slurm")) { // "slurm 23.02.1", of Debian "slurm-wlm 22.05.8"
                    out.version = std::string(line.substr(line.rfind(' ') + 1));
                }
            }
        }
        const auto& config = to(about::config);
        if (out.version.empty()) {
            out.trouble = to(about::version).why_not();
        } else if (!config.good()) {
            out.trouble = config.why_not();
        }
        if (config.good()) {
            out.cluster = config_value(config.output, "ClusterName");
            out.kill_wait_s = config_number(config.output, "KillWait", 0);
            out.min_job_age_s = config_number(config.output, "MinJobAge", 0);
            out.max_array_size = config_number(config.output, "MaxArraySize", 0);
        }
        out.accounts = to(about::accounts).good();
        if (to(about::partitions).good()) {
            out.partitions = read_partitions(to(about::partitions).output);
        }
        return out;
    }

    reply_channel channel_;
    std::array<std::unique_ptr<slurm_question>, questions> asked_;
    std::array<std::optional<slurm_answer>, questions> answers_;
    bool cancelled_ = false;
};

} // namespace

std::unique_ptr<job> make_examine_slurm_job(const agent_context& /*context*/,
                                            protocol::examine_slurm /*request*/,
                                            reply_channel channel) {
    return std::make_unique<examine_slurm_job>(channel);
}

} // namespace outrider::agent
