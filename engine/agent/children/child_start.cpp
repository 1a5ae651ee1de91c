#include "engine/agent/children/child_start.hpp"

namespace outrider::agent {
namespace {

template <class Items>
void take_if_any(const Items& from, Items& to) {
    if (!from.empty()) {
        to = from;
    }
}

} // namespace

protocol::start_run start_of(const protocol::children_head& head,
                             const protocol::planned_child& child, const parent_run& parent) {
    protocol::start_run out = child.whole.value_or(head.common);
    take_if_any(child.flags, out.flags);
    take_if_any(child.command, out.command);
    take_if_any(child.dependencies, out.dependencies);
    take_if_any(child.dependency_package, out.dependency_package);
    take_if_any(child.children, out.children);
    for (const auto& [name, value] : child.environment) {
        out.environment[name] = value;
    }
    for (const auto& [name, text] : child.attributes) {
        out.attributes[name] = text;
    }
    out.home = parent.home;
    out.run_id = child.id;
    out.stage = head.stage;
    out.pending = !head.stage;
    if (head.proto) {
        out.package.clear();
        out.manifest.clear();
        out.source_run = parent.id();
        out.source_proto = true;
    }
    return out;
}

} // namespace outrider::agent
