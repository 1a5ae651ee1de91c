#pragma once

#include "engine/api/events.hpp"
#include "engine/protocol/messages.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// The attributes that `detail_of` needs for what stands in listings and in every `info`. Those
/// that are read where they are there as well: `env`, `deps`, `plugins`, `op`.
[[nodiscard]] std::vector<std::string> detail_attributes();

/// Everything that is recorded of one run, as far as its facts hold it: neither scalars nor the
/// manifest. Pure.
[[nodiscard]] run_detail detail_of(const protocol::run_facts& facts);

/// The members of a YAML mapping in natural order, their values as YAML on one line; none if it is
/// something else.
[[nodiscard]] std::vector<flag_shown> flags_in(std::string_view yaml);

/// Puts the entries of a manifest (FORMAT.md 2.5) into the detail; lines that cannot be read are
/// left out.
void add_manifest(run_detail& detail, std::string_view manifest);

} // namespace outrider
