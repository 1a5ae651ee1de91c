#pragma once

#include "engine/api/commands.hpp"
#include "engine/api/events.hpp"

#include <boost/core/type_name.hpp>

#include <string>
#include <string_view>
#include <variant>

/// The names of commands and events as JSON has them, made of the names of their types: the one
/// place that says how something is called.
namespace outrider {

/// "runs_listed" of outrider::runs_listed.
template <class Event>
[[nodiscard]] const std::string& event_name() {
    static const std::string name = [] {
        const std::string full = boost::core::type_name<Event>();
        return full.substr(full.rfind(':') + 1);
    }();
    return name;
}

/// "remote_status" of outrider::remote_status_command.
template <class Command>
[[nodiscard]] const std::string& command_name() {
    static const std::string name = [] {
        constexpr std::string_view ending = "_command";
        const auto& type = event_name<Command>();
        return type.substr(0, type.size() - (type.ends_with(ending) ? ending.size() : 0));
    }();
    return name;
}

[[nodiscard]] inline const std::string& name_of(const command& what) {
    return std::visit(
        []<class One>(const One&) -> const std::string& { return command_name<One>(); }, what);
}
[[nodiscard]] inline const std::string& name_of(const event& what) {
    return std::visit([]<class One>(const One&) -> const std::string& { return event_name<One>(); },
                      what);
}

} // namespace outrider
