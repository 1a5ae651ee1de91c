#include "engine/commands/starting/start_observer.hpp"

#include <optional>

namespace outrider {
namespace {

// Nothing: it is not told.
std::optional<run_stage> stage_in(start_words words, run_stage stage) {
    if (words == start_words::run) {
        return stage;
    }
    switch (stage) {
    case run_stage::initializing:
        return run_stage::initializing_again;
    case run_stage::building_package:
    case run_stage::copying_package:
    case run_stage::installing_package:
    case run_stage::installed_package:
        return std::nullopt;
    default:
        return stage;
    }
}

// The agent marks what is wrong in the text of the line itself.
note note_of(const std::string& line) {
    constexpr std::string_view warning = "WARNING: ";
    const bool warns = line.starts_with(warning);
    return {.warning = warns, .text = warns ? line.substr(warning.size()) : line};
}

} // namespace

start_observer client_observer(command_session& session, const target& at, std::string run_id,
                               start_words words) {
    auto tell = [&session, remote = at.remote, id = std::move(run_id),
                 words](run_stage stage, const std::string& detail) {
        if (const auto told = stage_in(words, stage)) {
            session.emit(
                run_progress{.stage = *told, .remote = remote, .run_id = id, .detail = detail});
        }
    };
    return {.step = std::move(tell),
            .dependency = [&session](const std::string& line) { session.emit(note_of(line)); },
            .warning =
                [&session](const std::string& text) {
                    session.emit(note{.warning = true, .text = text});
                }};
}

} // namespace outrider
