#include "engine/agent/server/dispatch.hpp"

#include "engine/agent/server/jobs.hpp"

#include <array>

namespace outrider::agent {
namespace {

using protocol::json::value;
using made_job = result<std::unique_ptr<job>>;

/// Whether a request tells the state of runs, or decides by it: then it waits while what proves
/// them alive is on its way.
enum class reads_runs { yes, no };

struct row {
    std::string_view name;
    made_job (*make)(const agent_context&, const value&, reply_channel);
    reads_runs reads;
};

/// A job that waits until its agent knows how its runs are.
class held_job final : public job {
  public:
    held_job(std::shared_ptr<background_work> background, std::unique_ptr<job> work)
        : background_(std::move(background)), work_(std::move(work)) {}

    std::optional<job_wait> advance() override {
        if (!cancelled_ && background_->holds_readers()) {
            return job_wait{.deadline = clock::now() + look_interval};
        }
        return work_->advance();
    }
    void on_part(std::string_view type, const value& body) override { work_->on_part(type, body); }
    void on_data(std::string_view bytes) override { work_->on_data(bytes); }
    void cancel() override {
        cancelled_ = true;
        work_->cancel();
    }

  private:
    static constexpr std::chrono::milliseconds look_interval{10};
    std::shared_ptr<background_work> background_;
    std::unique_ptr<job> work_;
    bool cancelled_ = false;
};

template <class Request, job_factory<Request> Make, reads_runs Reads = reads_runs::yes>
constexpr row row_of() {
    return {Request::name,
            [](const agent_context& context, const value& body, reply_channel channel) -> made_job {
                Request request;
                if (!protocol::from_json(body, request)) {
                    return failure(errc::protocol_violation,
                                   "a member of a request has the wrong type");
                }
                return Make(context, std::move(request), channel);
            },
            Reads};
}

// Every request that this agent knows.
constexpr std::array rows{
    row_of<protocol::ping, make_ping_job, reads_runs::no>(),
    row_of<protocol::list_runs, make_list_runs_job>(),
    row_of<protocol::order_runs, make_order_runs_job>(),
    row_of<protocol::start_run, make_start_run_job>(),
    row_of<protocol::start_staged, make_start_staged_job>(),
    row_of<protocol::stop_run, make_stop_run_job>(),
    row_of<protocol::follow_output, make_follow_output_job>(),
    row_of<protocol::delete_runs, make_delete_runs_job>(),
    row_of<protocol::read_scalars, make_read_scalars_job>(),
    row_of<protocol::list_files, make_list_files_job>(),
    row_of<protocol::read_file, make_read_file_job>(),
    row_of<protocol::find_package, make_find_package_job, reads_runs::no>(),
    row_of<protocol::find_required_runs, make_find_required_runs_job>(),
    row_of<protocol::abandon_copy, make_abandon_copy_job>(),
    row_of<protocol::execute, make_execute_job, reads_runs::no>(),
    row_of<protocol::examine_machine, make_examine_machine_job, reads_runs::no>(),
    row_of<protocol::read_slots, make_read_slots_job, reads_runs::no>(),
    row_of<protocol::change_attributes, make_change_attributes_job>(),
    row_of<protocol::restore_runs, make_restore_runs_job>(),
    row_of<protocol::purge_runs, make_purge_runs_job>(),
    row_of<protocol::wait_runs, make_wait_runs_job>(),
    row_of<protocol::scan_runs, make_scan_runs_job>(),
    row_of<protocol::send_runs, make_send_runs_job>(),
    row_of<protocol::receive_runs, make_receive_runs_job>(),
    row_of<protocol::watch_run_files, make_watch_run_files_job>(),
    row_of<protocol::watch_listing, make_watch_listing_job>(),
    row_of<protocol::use_slurm, make_use_slurm_job, reads_runs::no>(),
    row_of<protocol::examine_slurm, make_examine_slurm_job, reads_runs::no>(),
};

} // namespace

made_job make_job(const agent_context& context, std::string_view payload, reply_channel channel) {
    auto parsed = protocol::parse_json(payload);
    if (!parsed) {
        return parsed.error();
    }
    const auto* object = parsed->if_object();
    const auto* type = object != nullptr ? object->if_contains("type") : nullptr;
    if (type == nullptr || !type->is_string()) {
        return failure(errc::protocol_violation, "a request does not name its type");
    }
    const std::string_view name(type->get_string());
    const value none{protocol::json::object{}};
    const auto* body = object->if_contains("body");
    for (const auto& row : rows) {
        if (row.name == name) {
            auto made = row.make(context, body != nullptr ? *body : none, channel);
            const bool waits = made && row.reads == reads_runs::yes && context.background &&
                               context.background->holds_readers();
            return waits
                       ? made_job(std::make_unique<held_job>(context.background, std::move(*made)))
                       : std::move(made);
        }
    }
    return failure(errc::unsupported,
                   "this agent does not know the request '" + std::string(name) + "'");
}

} // namespace outrider::agent
