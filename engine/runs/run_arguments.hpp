#pragma once

#include "engine/core/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace outrider {

/// Chooses runs of a listing (ids, newest first) by RUN arguments: an index from 1, `START:END`
/// (both included, either may be missing), an id, or a prefix of one. A number beyond the listing
/// is tried as a prefix. Returns indexes into `ids` in the order in which they are named, as often
/// as they are (`each_once`); a range that covers nothing adds nothing. Fails with `not_found` or
/// `ambiguous`; the texts name the program as `{program}` and the command as `{command}`.
[[nodiscard]] result<std::vector<std::size_t>> select_runs(std::span<const std::string> ids,
                                                           std::span<const std::string> arguments);

/// The same without what was there before.
[[nodiscard]] std::vector<std::size_t> each_once(const std::vector<std::size_t>& chosen);

/// Whether a RUN argument may be a place in a list: a number or a range. (One beyond the list is
/// tried as the start of an id.)
[[nodiscard]] bool is_run_index(const std::string& argument);

} // namespace outrider
