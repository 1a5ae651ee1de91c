#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/events.hpp"
#include "engine/text/finished_text.hpp"

#include <optional>

namespace outrider {

/// How texts about a command call it, for a client that did not say by which name it knows us.
[[nodiscard]] text_names names_for(const command& what);

/// The event with its texts for people finished; nothing if it has none.
[[nodiscard]] std::optional<event> with_finished_texts(const event& what, const text_names& names);

} // namespace outrider
