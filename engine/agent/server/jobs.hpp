#pragma once

#include "engine/agent/server/context.hpp"
#include "engine/protocol/edit_messages.hpp"
#include "engine/protocol/machine_messages.hpp"
#include "engine/protocol/order_messages.hpp"
#include "engine/protocol/scalar_messages.hpp"
#include "engine/protocol/slot_messages.hpp"
#include "engine/protocol/slurm_messages.hpp"
#include "engine/protocol/sync_messages.hpp"
#include "engine/protocol/wait_messages.hpp"

#include <memory>

/// One maker per request; the job stands in the file named after the request.
namespace outrider::agent {

[[nodiscard]] std::unique_ptr<job> make_ping_job(const agent_context&, protocol::ping,
                                                 reply_channel);
[[nodiscard]] std::unique_ptr<job> make_order_runs_job(const agent_context&, protocol::order_runs,
                                                       reply_channel);
[[nodiscard]] std::unique_ptr<job> make_list_runs_job(const agent_context&, protocol::list_runs,
                                                      reply_channel);
[[nodiscard]] std::unique_ptr<job> make_start_run_job(const agent_context&, protocol::start_run,
                                                      reply_channel);
[[nodiscard]] std::unique_ptr<job> make_start_staged_job(const agent_context&,
                                                         protocol::start_staged, reply_channel);
[[nodiscard]] std::unique_ptr<job> make_stop_run_job(const agent_context&, protocol::stop_run,
                                                     reply_channel);
[[nodiscard]] std::unique_ptr<job> make_follow_output_job(const agent_context&,
                                                          protocol::follow_output, reply_channel);
[[nodiscard]] std::unique_ptr<job> make_delete_runs_job(const agent_context&, protocol::delete_runs,
                                                        reply_channel);

[[nodiscard]] std::unique_ptr<job> make_read_scalars_job(const agent_context&,
                                                         protocol::read_scalars, reply_channel);

[[nodiscard]] std::unique_ptr<job> make_list_files_job(const agent_context&, protocol::list_files,
                                                       reply_channel);
[[nodiscard]] std::unique_ptr<job> make_read_file_job(const agent_context&, protocol::read_file,
                                                      reply_channel);
[[nodiscard]] std::unique_ptr<job> make_abandon_copy_job(const agent_context&,
                                                         protocol::abandon_copy, reply_channel);
[[nodiscard]] std::unique_ptr<job> make_find_package_job(const agent_context&,
                                                         protocol::find_package, reply_channel);

[[nodiscard]] std::unique_ptr<job>
make_find_required_runs_job(const agent_context&, protocol::find_required_runs, reply_channel);

[[nodiscard]] std::unique_ptr<job> make_scan_runs_job(const agent_context&, protocol::scan_runs,
                                                      reply_channel);
[[nodiscard]] std::unique_ptr<job> make_send_runs_job(const agent_context&, protocol::send_runs,
                                                      reply_channel);
[[nodiscard]] std::unique_ptr<job> make_receive_runs_job(const agent_context&,
                                                         protocol::receive_runs, reply_channel);
[[nodiscard]] std::unique_ptr<job>
make_watch_run_files_job(const agent_context&, protocol::watch_run_files, reply_channel);

[[nodiscard]] std::unique_ptr<job> make_watch_listing_job(const agent_context&,
                                                          protocol::watch_listing, reply_channel);

[[nodiscard]] std::unique_ptr<job>
make_examine_machine_job(const agent_context&, protocol::examine_machine, reply_channel);
[[nodiscard]] std::unique_ptr<job> make_execute_job(const agent_context&, protocol::execute,
                                                    reply_channel);
[[nodiscard]] std::unique_ptr<job>
make_change_attributes_job(const agent_context&, protocol::change_attributes, reply_channel);
[[nodiscard]] std::unique_ptr<job> make_restore_runs_job(const agent_context&,
                                                         protocol::restore_runs, reply_channel);
[[nodiscard]] std::unique_ptr<job> make_purge_runs_job(const agent_context&, protocol::purge_runs,
                                                       reply_channel);
[[nodiscard]] std::unique_ptr<job> make_wait_runs_job(const agent_context&, protocol::wait_runs,
                                                      reply_channel);

[[nodiscard]] std::unique_ptr<job> make_use_slurm_job(const agent_context&, protocol::use_slurm,
                                                      reply_channel);
[[nodiscard]] std::unique_ptr<job> make_examine_slurm_job(const agent_context&,
                                                          protocol::examine_slurm, reply_channel);
[[nodiscard]] std::unique_ptr<job> make_read_slots_job(const agent_context&, protocol::read_slots,
                                                       reply_channel);

} // namespace outrider::agent
