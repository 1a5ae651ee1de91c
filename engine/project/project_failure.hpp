#pragma once

#include "engine/core/result.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace outrider {

/// A Guild file that makes no sense as a whole: Guild refuses all of it, and so do we. `text` says
/// what is wrong in Guild's words; `load_guild_file` puts the file's name in front.
[[nodiscard]] failure project_failure(std::string text);

/// A value as Python's `repr` writes it, for such texts: `'a'`, `True`, `['a', 1]`, `{'k': None}`.
[[nodiscard]] std::string python_repr(const boost::json::value& value);

/// A value as Python's `str` writes it: text as it is, everything else as `python_repr`.
[[nodiscard]] std::string python_str(const boost::json::value& value);

} // namespace outrider
