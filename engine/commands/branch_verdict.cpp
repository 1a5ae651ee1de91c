#include "engine/commands/branch_verdict.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace outrider {
namespace {

// Every failure is the person's doing: each remote's own line would tell them what they know.
bool is_personal(errc kind) {
    return kind == errc::aborted || kind == errc::cancelled;
}

std::string count_text(const std::vector<std::string>& some, std::size_t all, const char* what) {
    return fmt::format("{} of {} {}: {}", some.size(), all, what, fmt::join(some, ", "));
}

} // namespace

bool is_unreachable(errc kind) noexcept {
    switch (kind) {
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::timed_out:
    case errc::authentication_failed:
    case errc::host_key_unknown:
    case errc::host_key_changed:
    case errc::agent_unusable:
        return true;
    default:
        return false;
    }
}

result<std::optional<std::int64_t>> branch_verdict(const std::vector<branch_end>& branches) {
    std::vector<std::string> unreachable;
    std::vector<std::string> failed;
    std::optional<failure> personal;
    std::optional<std::int64_t> exit_status;
    for (const auto& each : branches) {
        if (!each.error) {
            if (each.exit_status && exit_status.value_or(0) == 0) {
                exit_status = each.exit_status;
            }
        } else if (is_personal(each.error->kind())) {
            personal = each.error;
        } else if (is_unreachable(each.error->kind())) {
            unreachable.push_back(each.remote);
        } else {
            failed.push_back(each.remote);
        }
    }
    if (personal) {
        return *personal;
    }
    if (!failed.empty()) {
        auto text = count_text(failed, branches.size(), "failed");
        if (!unreachable.empty()) {
            text += "; " + count_text(unreachable, branches.size(), "unreachable");
        }
        return failure(errc::failed_in_part, std::move(text));
    }
    if (!unreachable.empty()) {
        const bool all = unreachable.size() == branches.size();
        return failure(all ? errc::connect_failed : errc::unreachable_in_part,
                       count_text(unreachable, branches.size(), "unreachable"));
    }
    return exit_status;
}

} // namespace outrider
