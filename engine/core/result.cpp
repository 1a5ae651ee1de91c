#include "engine/core/result.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace outrider {
namespace {

struct errc_text {
    errc value;
    std::string_view name;
    const char* message;
};

constexpr std::array texts{
    errc_text{errc::bad_input, "bad_input", "bad input"},
    errc_text{errc::bad_project, "bad_project", "bad project file"},
    errc_text{errc::not_found, "not_found", "not found"},
    errc_text{errc::ambiguous, "ambiguous", "ambiguous"},
    errc_text{errc::aborted, "aborted", "aborted"},
    errc_text{errc::cancelled, "cancelled", "cancelled"},
    errc_text{errc::resolve_failed, "resolve_failed", "name lookup failed"},
    errc_text{errc::connect_failed, "connect_failed", "connection failed"},
    errc_text{errc::timed_out, "timed_out", "timed out"},
    errc_text{errc::authentication_failed, "authentication_failed", "authentication failed"},
    errc_text{errc::host_key_unknown, "host_key_unknown", "unknown host key"},
    errc_text{errc::host_key_changed, "host_key_changed", "changed host key"},
    errc_text{errc::unsupported, "unsupported", "not supported"},
    errc_text{errc::agent_unusable, "agent_unusable", "no agent can run there"},
    errc_text{errc::protocol_violation, "protocol_violation", "protocol violation"},
    errc_text{errc::no_space, "no_space", "no space left"},
    errc_text{errc::permission_denied, "permission_denied", "permission denied"},
    errc_text{errc::io_failed, "io_failed", "input/output failed"},
    errc_text{errc::conflict, "conflict", "conflict"},
    errc_text{errc::no_free_slot, "no_free_slot", "no slot is free"},
    errc_text{errc::start_failed, "start_failed", "the operation could not be started"},
    errc_text{errc::failed_in_part, "failed_in_part", "some remotes failed"},
    errc_text{errc::unreachable_in_part, "unreachable_in_part", "some remotes are unreachable"},
    errc_text{errc::internal, "internal", "internal error"},
};

const errc_text* text_of(int value) {
    const auto* found = std::find_if(texts.begin(), texts.end(), [value](const errc_text& t) {
        return static_cast<int>(t.value) == value;
    });
    return found == texts.end() ? nullptr : found;
}

class category final : public boost::system::error_category {
  public:
    const char* name() const noexcept override { return "outrider"; }
    std::string message(int value) const override {
        const auto* text = text_of(value);
        return text != nullptr ? text->message : "unknown error";
    }
};

} // namespace

const boost::system::error_category& outrider_category() noexcept {
    static const category instance;
    return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), outrider_category()};
}

std::string_view errc_name(errc value) noexcept {
    const auto* text = text_of(static_cast<int>(value));
    return text != nullptr ? text->name : "internal";
}

std::optional<errc> errc_from_name(std::string_view name) noexcept {
    for (const auto& text : texts) {
        if (text.name == name) {
            return text.value;
        }
    }
    return std::nullopt;
}

errc failure::kind() const noexcept {
    return code.category() == outrider_category() ? static_cast<errc>(code.value())
                                                  : errc::io_failed;
}

void throw_exception_from_error(const failure& what, const boost::source_location&) {
    throw std::logic_error("value of a failed result: " + what.context);
}

failure errno_failure(int error_number, std::string what) {
    errc kind = errc::io_failed;
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
        kind = errc::no_space;
        break;
    case EACCES:
    case EPERM:
    case EROFS:
        kind = errc::permission_denied;
        break;
    case ENOENT:
        kind = errc::not_found;
        break;
    default:
        break;
    }
    return {kind, std::move(what) + ": " + std::strerror(error_number)};
}

} // namespace outrider
