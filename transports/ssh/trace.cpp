#include "transports/ssh/trace.hpp"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include <spdlog/spdlog.h>

namespace outrider::ssh {
namespace {

extern "C" void outrider_trace_libssh(int, const char*, const char* text, void*) {
    spdlog::trace("libssh: {}", text);
}

} // namespace

void trace_library() {
    static const bool wanted = [] {
        if (!spdlog::should_log(spdlog::level::trace)) {
            return false;
        }
        ssh_set_log_callback(outrider_trace_libssh);
        ssh_set_log_level(SSH_LOG_PROTOCOL);
        return true;
    }();
    static_cast<void>(wanted);
}

} // namespace outrider::ssh
