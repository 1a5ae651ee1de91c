#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace outrider {

/// What can go wrong outside the program. Programs decide by these values, people read
/// `failure::context`.
enum class errc {
    bad_input = 1,         ///< An argument, flag or file of the user does not make sense.
    bad_project,           ///< A guild.yml does not make sense: `context` says where.
    not_found,             ///< The named run, operation, remote or file does not exist.
    ambiguous,             ///< A prefix matches several runs.
    aborted,               ///< The user declined, or standard input ended at a prompt.
    cancelled,             ///< The command was cancelled before it ended.
    resolve_failed,        ///< The host name has no address.
    connect_failed,        ///< Refused, unreachable, or the link was lost: worth a retry.
    timed_out,             ///< No answer within the deadline: worth a retry.
    authentication_failed, ///< The machine does not accept us. Never retried.
    host_key_unknown,      ///< The machine's key is not on record. Never retried.
    host_key_changed,      ///< The machine's key differs from the one on record. Never retried.
    unsupported,           ///< An option or machine kind that cannot be honoured.
    agent_unusable,        ///< No agent can run there: architecture, no directory may execute.
    protocol_violation,    ///< The far end sent something that the protocol does not allow.
    no_space,              ///< The disk or the quota is full.
    permission_denied,     ///< The file system there refuses.
    io_failed,             ///< Another failure of a file or process.
    conflict,              ///< The run is in a state that does not allow this (still running).
    no_free_slot,          ///< All slots of the machine that the run may have are taken.
    start_failed,          ///< The operation could not be executed (no such interpreter).
    failed_in_part,        ///< Several remotes: some failed, and each said why.
    unreachable_in_part,   ///< Several remotes: some could not be reached, the others did it.
    internal,              ///< A broken invariant of ours; please report.
};

const boost::system::error_category& outrider_category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;
/// The name of a value as it stands in JSON ("connect_failed"), and back.
std::string_view errc_name(errc value) noexcept;
std::optional<errc> errc_from_name(std::string_view name) noexcept;

/// An error of the outside world: a code for programs, a sentence for people that names the remote,
/// the phase, the cause and what to do next, as far as they are known.
struct failure {
    boost::system::error_code code;
    std::string context;

    failure() = default;
    failure(errc value, std::string text)
        : code(make_error_code(value)), context(std::move(text)) {}
    failure(boost::system::error_code ec, std::string text) : code(ec), context(std::move(text)) {}

    /// The code as one of ours; a foreign code reads as `errc::io_failed`.
    [[nodiscard]] errc kind() const noexcept;
    friend bool operator==(const failure&, const failure&) = default;
};

/// Value access on a failed result is a broken invariant, hence an exception.
[[noreturn]] void throw_exception_from_error(const failure& what,
                                             const boost::source_location& where);

template <class T = void>
using result = boost::system::result<T, failure>;

/// The failure of the operating system's `errno` while doing `what`.
[[nodiscard]] failure errno_failure(int error_number, std::string what);

} // namespace outrider

template <>
struct boost::system::is_error_code_enum<outrider::errc> : std::true_type {};
