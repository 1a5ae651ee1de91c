#include "engine/commands/several/branch_verdict.hpp"

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

/// The branches by how they ended.
struct parted_branches {
    std::vector<std::string> unreachable;
    std::vector<std::string> failed;
    std::optional<failure> personal;
    std::optional<std::int64_t> exit_status; ///< the highest
};

parted_branches part(const std::vector<branch_end>& branches) {
    parted_branches out;
    for (const auto& each : branches) {
        if (!each.error) {
            out.exit_status = std::max(out.exit_status, each.exit_status); // nothing is less
        } else if (is_personal(each.error->kind())) {
            out.personal = each.error;
        } else if (is_unreachable(each.error->kind())) {
            out.unreachable.push_back(each.remote);
        } else {
            out.failed.push_back(each.remote);
        }
    }
    return out;
}

std::string failures_text(const parted_branches& parted, std::size_t all) {
    std::string text;
    if (!parted.failed.empty()) {
        text = count_text(parted.failed, all, "failed");
    }
    if (!parted.unreachable.empty()) {
        text += (text.empty() ? "" : "; ") + count_text(parted.unreachable, all, "unreachable");
    }
    return text;
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
    const auto parted = part(branches);
    if (parted.personal) {
        return *parted.personal;
    }
    const auto all = branches.size();
    if (!parted.failed.empty()) {
        return failure(errc::failed_in_part, failures_text(parted, all));
    }
    if (!parted.unreachable.empty()) {
        auto text = failures_text(parted, all);
        if (parted.exit_status.value_or(0) != 0) {
            return failure(errc::failed_in_part,
                           fmt::format("{}; the highest exit status of the others is {}", text,
                                       *parted.exit_status));
        }
        return failure(parted.unreachable.size() == all ? errc::connect_failed
                                                        : errc::unreachable_in_part,
                       std::move(text));
    }
    return parted.exit_status;
}

failure with_silent_ones(failure why, const std::vector<branch_end>& branches) {
    const auto parted = part(branches);
    if (!parted.failed.empty() || !parted.unreachable.empty()) {
        why.context += " (" + failures_text(parted, branches.size()) + ")";
    }
    return why;
}

} // namespace outrider
