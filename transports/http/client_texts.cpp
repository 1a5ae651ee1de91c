#include "transports/http/client_texts.hpp"

#include "engine/api/api_names.hpp"

#include <algorithm>

namespace outrider {

text_names names_for(const command& what) {
    // Where the command line has another word than the API, or one below `runs`.
    static const std::map<std::string, std::string> others = {
        {"list", "runs list"},       {"info", "runs info"},   {"delete", "runs rm"},
        {"restore", "runs restore"}, {"purge", "runs purge"},
    };
    auto name = name_of(what);
    if (const auto other = others.find(name); other != others.end()) {
        name = other->second;
    }
    std::ranges::replace(name, '_', ' '); // "remote status"
    return {.command = std::move(name)};
}

std::optional<event> with_finished_texts(const event& what, const text_names& names) {
    auto out = std::optional<event>();
    if (const auto* said = std::get_if<note>(&what)) {
        auto copy = *said;
        copy.text = finished_text(std::move(copy.text), names);
        out = std::move(copy);
    } else if (const auto* failed = std::get_if<remote_failed>(&what)) {
        auto copy = *failed;
        copy.message = finished_text(std::move(copy.message), names);
        out = std::move(copy);
    } else if (const auto* ended = std::get_if<command_ended>(&what); ended && ended->error) {
        auto copy = *ended;
        copy.error->context = finished_text(std::move(copy.error->context), names);
        out = std::move(copy);
    }
    return out;
}

} // namespace outrider
