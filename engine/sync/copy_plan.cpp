#include "engine/sync/copy_plan.hpp"

#include "engine/sync/path_order.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace outrider {
namespace {

using protocol::file_entry;
using protocol::file_type;

/// Names of what cannot travel that a plan keeps.
constexpr std::int64_t most_no_files = 20;

// What belongs to the machine that runs it, or is written by the transfer itself.
bool travels(std::string_view path) {
    static constexpr std::array markers{
        std::string_view(".guild/PENDING"), std::string_view(".guild/STAGED"),
        std::string_view(".guild/TERMINATED.remote"), std::string_view(".guild/JOB")};
    if (path.starts_with(".guild/LOCK") || is_or_is_below(path, ".guild/job-packages")) {
        return false;
    }
    if (is_or_is_below(path, ".guild/outrider")) {
        return path == ".guild/outrider" || path == ".guild/outrider/reason";
    }
    return std::find(markers.begin(), markers.end(), path) == markers.end();
}

// Their times change with markers and temporary files of either end and say nothing of the run.
bool has_time_of_its_own(const file_entry& directory) {
    return directory.path != ".guild" && directory.path != ".guild/outrider";
}

bool same(const file_entry& source, const file_entry& copy) {
    if (source.type != copy.type) {
        return false;
    }
    switch (source.type) {
    case file_type::link:
        return source.target == copy.target;
    case file_type::directory:
        return source.mode == copy.mode &&
               (source.mtime_ns == copy.mtime_ns || !has_time_of_its_own(source));
    default:
        return source.mode == copy.mode && source.size == copy.size &&
               source.mtime_ns == copy.mtime_ns;
    }
}

bool tells_the_end(std::string_view path) {
    return path == ".guild/attrs/exit_status" || path == ".guild/attrs/stopped" ||
           path == ".guild/outrider/reason";
}

bool is_large(const file_entry& entry) {
    return entry.type == file_type::regular && entry.size >= protocol::basis_size;
}

template <class Use>
void for_each_order(const copy_plan& plan, Use use) {
    for (const auto* step : {&plan.files, &plan.attributes, &plan.opref}) {
        std::for_each(step->begin(), step->end(), use);
    }
}

} // namespace

std::int64_t copy_plan::count() const {
    return static_cast<std::int64_t>(files.size() + attributes.size() + opref.size());
}

std::int64_t copy_plan::bytes() const {
    std::int64_t sum = 0;
    for_each_order(*this, [&sum](const planned_order& order) { sum += order.order.entry.size; });
    return sum;
}

copy_planner::copy_planner(std::string run_id, bool delete_extra) : delete_extra_(delete_extra) {
    plan_.run_id = std::move(run_id);
}

void copy_planner::note_copy(const file_entry& copy) {
    plan_.copy_exists = plan_.copy_exists || copy.path == ".guild/opref";
    has_exit_status_ = has_exit_status_ || copy.path == ".guild/attrs/exit_status";
    plan_.markers.remote_lock = plan_.markers.remote_lock || copy.path == ".guild/LOCK.remote";
    plan_.markers.pending = plan_.markers.pending || copy.path == ".guild/PENDING";
    plan_.markers.staged = plan_.markers.staged || copy.path == ".guild/STAGED";
    plan_.markers.terminated_remote =
        plan_.markers.terminated_remote || copy.path == ".guild/TERMINATED.remote";
}

void copy_planner::compare(const file_entry* source, std::int64_t source_bytes,
                           const file_entry* copy) {
    if (copy != nullptr) {
        note_copy(*copy);
    }
    const std::string_view path = source != nullptr ? source->path : copy->path;
    while (!untouched_.empty() && !is_or_is_below(path, untouched_.back().path)) {
        untouched_.pop_back();
    }
    if (source != nullptr && travels(source->path) && source->type == file_type::other &&
        ++plan_.no_files_count <= most_no_files) {
        plan_.no_files.push_back(source->path);
    }
    if (source == nullptr || !travels(source->path) || source->type == file_type::other) {
        if (copy != nullptr) {
            add_extra(*copy);
        }
        return;
    }
    if (copy != nullptr && same(*source, *copy)) {
        if (source->type == file_type::directory && has_time_of_its_own(*source)) {
            untouched_.push_back(*source);
        }
        return;
    }
    planned_order planned{.order = {.entry = *source}, .is_new = copy == nullptr};
    space_needed space{.files = planned.is_new ? 1 : 0};
    if (source->type == file_type::regular) {
        space.bytes = space.grown = std::clamp<std::int64_t>(source_bytes, 0, source->size);
    }
    if (copy != nullptr && copy->type == file_type::regular) {
        space.grown -= std::min(copy->size, space.bytes);
        planned.order.basis = is_large(*source) && is_large(*copy);
    }
    plan_.space.add(space);
    if (copy != nullptr && copy->type == file_type::directory &&
        source->type != file_type::directory) {
        replaced_ = copy->path;
    }
    changes_in_parent(source->path);
    add(std::move(planned));
}

void copy_planner::add(planned_order planned) {
    const auto& path = planned.order.entry.path;
    auto& step = path == ".guild/opref"                 ? plan_.opref
                 : is_or_is_below(path, ".guild/attrs") ? plan_.attributes
                                                        : plan_.files;
    step.push_back(std::move(planned));
}

// The receiver sets the times of directories that are ordered, when everything in them is done.
void copy_planner::changes_in_parent(std::string_view path) {
    const auto parent = path.substr(0, std::min(path.rfind('/'), path.size()));
    if (!untouched_.empty() && untouched_.back().path == parent) {
        add({.order = {.entry = std::move(untouched_.back())}, .touched = true});
        untouched_.pop_back();
    }
}

void copy_planner::add_extra(const file_entry& copy) {
    const bool stays = copy.path == ".guild/opref" || copy.path == ".guild/outrider";
    const bool goes_anyway = !replaced_.empty() && is_or_is_below(copy.path, replaced_);
    if (travels(copy.path) && !stays && !goes_anyway &&
        (delete_extra_ || tells_the_end(copy.path))) {
        changes_in_parent(copy.path);
        plan_.remove.push_back(copy.path);
    }
}

copy_plan copy_planner::finish() && {
    plan_.copy_ended = has_exit_status_ && !plan_.markers.remote_lock;
    std::reverse(plan_.remove.begin(), plan_.remove.end()); // children come before their parents
    if (!partials_.empty()) {
        for (auto& planned : plan_.files) {
            auto& order = planned.order;
            const auto& entry = order.entry;
            order.basis = order.basis || (is_large(entry) &&
                                          partials_.contains(protocol::partial_name(entry.path)));
        }
    }
    return std::move(plan_);
}

void space_needed::add(const space_needed& next) {
    bytes = std::max(bytes, grown + next.bytes);
    grown += next.grown;
    files += next.files;
}

} // namespace outrider
