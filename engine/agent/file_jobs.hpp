#pragma once

#include "engine/agent/context.hpp"
#include "engine/protocol/messages.hpp"

/// The jobs of the requests about files; `messages.hpp` says what each does. Each lives in the file
/// of its request's name.
namespace outrider::agent {

[[nodiscard]] std::unique_ptr<job> make_list_files_job(const agent_context&, protocol::list_files,
                                                       reply_channel);
[[nodiscard]] std::unique_ptr<job> make_send_files_job(const agent_context&, protocol::send_files,
                                                       reply_channel);
[[nodiscard]] std::unique_ptr<job> make_receive_files_job(const agent_context&,
                                                          protocol::receive_files, reply_channel);
[[nodiscard]] std::unique_ptr<job> make_find_package_job(const agent_context&,
                                                         protocol::find_package, reply_channel);
[[nodiscard]] std::unique_ptr<job> make_read_file_job(const agent_context&, protocol::read_file,
                                                      reply_channel);
[[nodiscard]] std::unique_ptr<job> make_mark_copy_job(const agent_context&, protocol::mark_copy,
                                                      reply_channel);

} // namespace outrider::agent
