#pragma once

#include "engine/json/described_json.hpp"
#include "engine/protocol/children_choice.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider {

/// What the present start of a run whose work is other runs has chosen of them: its file
/// `chosen-children`. What is not there, or cannot be read, is the usual choice.
[[nodiscard]] inline protocol::children_choice read_chosen_children(const run_paths& run) {
    const auto text = read_small_file(run.chosen_children());
    auto chosen = text ? protocol::decode<protocol::children_choice>(*text)
                       : result<protocol::children_choice>(protocol::children_choice{});
    return chosen ? std::move(*chosen) : protocol::children_choice{};
}

} // namespace outrider
