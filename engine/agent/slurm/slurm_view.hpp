#pragma once

#include "engine/agent/server/background_work.hpp"
#include "engine/agent/slurm/job_evidence.hpp"
#include "engine/agent/slurm/slurm_question.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace outrider::agent {

/// Time-outs of ours and intervals; tests have shorter ones.
struct slurm_times {
    std::chrono::milliseconds squeue_limit{15'000}; ///< Slurm's own is 10 s
    std::chrono::milliseconds sacct_limit{20'000};
    std::chrono::milliseconds sbatch_limit{30'000};
    std::chrono::milliseconds scancel_limit{15'000};
    std::chrono::milliseconds lookup_pause{10'000}; ///< between two looks for a job by its name
    std::chrono::milliseconds hurried{1000};        ///< between two questions while a stop waits
};

/// What Slurm says of all jobs of this user: one squeue for all of them, asked at intervals and at
/// once after something of ours has changed; of jobs that squeue has forgotten, one sacct. It keeps
/// the last answer, and since when there is none. Owned by the agent, which advances it.
class slurm_view final : public background_work {
  public:
    explicit slurm_view(slurm_times times = {});
    ~slurm_view() override;

    /// From now on Slurm is asked.
    void begin(std::chrono::milliseconds interval);
    [[nodiscard]] bool is_begun() const { return begun_; }
    /// Asks as soon as no other question is under way: a job was submitted or is over.
    void ask_at_once();
    /// Asks about each second for a while: somebody waits.
    void hurry();
    /// Tells Slurm to end a job; `words` are scancel's.
    void cancel(const std::vector<std::string>& words);
    /// The job that a record means, if the last answer has it.
    [[nodiscard]] std::optional<job_row> find(const job_record& record) const;
    /// squeue has forgotten that job: sacct is asked, unless it told that it knows nothing.
    void want_account(const std::string& job_id);

    [[nodiscard]] const answer_health& health() const { return health_; }
    [[nodiscard]] const slurm_times& times() const { return times_; }
    /// The environment of Slurm's programs when we ask for ourselves.
    [[nodiscard]] const environment_map& environment() const { return environment_; }
    /// What the cluster's configuration says, as far as it is known: seconds, and an index.
    [[nodiscard]] std::int64_t kill_wait_s() const { return kill_wait_s_; }
    [[nodiscard]] std::int64_t max_array_size() const { return max_array_size_; }

    void advance() override;
    [[nodiscard]] std::vector<job_wait> waits() const override;
    [[nodiscard]] bool holds_readers() const override {
        return begun_ && (!told_ || config_question_ != nullptr);
    }

  private:
    [[nodiscard]] std::optional<job_row> find_array(const job_record& record) const;
    void take_jobs(const slurm_answer& answer);
    void take_accounts(const slurm_answer& answer);
    void ask_for_accounts();

    slurm_times times_;
    environment_map environment_;
    std::chrono::milliseconds interval_{30'000};
    bool begun_ = false;
    bool told_ = false;  // there was an answer, or none in time
    bool again_ = false; // ask once more after this question
    clock::time_point next_;
    clock::time_point hurry_until_;
    answer_health health_;
    std::map<std::string, job_row> rows_;             // by id
    std::multimap<std::string, std::string> by_name_; // ids; of elements by name and index
    std::map<std::string, job_row> arrays_;           // by name: what is most alive of each
    std::map<std::string, job_row> accounts_;         // by id: ends that squeue has forgotten
    std::map<std::string, clock::time_point> accounts_wanted_; // not before
    bool accounts_off_ = false;
    std::int64_t kill_wait_s_ = 30;
    std::int64_t max_array_size_ = 1001;
    std::unique_ptr<slurm_question> jobs_question_;
    std::unique_ptr<slurm_question> accounts_question_;
    std::unique_ptr<slurm_question> config_question_;
    std::vector<std::unique_ptr<slurm_question>> cancels_;
};

/// The words of the one squeue.
[[nodiscard]] std::vector<std::string> squeue_words();
/// Among rows, that of the job which a record means: by id and name, or by the name alone.
[[nodiscard]] std::optional<job_row> row_of(const job_record& record,
                                            const std::vector<job_row>& rows);

} // namespace outrider::agent
