#include "engine/agent/receive/run_intake.hpp"

#include "engine/agent/receive/copy_markers.hpp"

#include <ranges>

namespace outrider::agent {
namespace {

using protocol::file_type;
// Names of files that vanished which are told.
constexpr std::size_t told_missing = 20;

std::int64_t whole_blocks(std::int64_t bytes) {
    return bytes > INT64_MAX - protocol::block_bytes
               ? INT64_MAX
               : (bytes + protocol::block_bytes - 1) / protocol::block_bytes *
                     protocol::block_bytes;
}

} // namespace

run_intake::run_intake(const agent_context& context, std::string home,
                       protocol::receive_begin begin)
    : context_(&context), home_(std::move(home)), begin_(std::move(begin)),
      arrival_(std::make_unique<run_arrival>()) {
    received_.run_id = begin_.run_id;
}

run_intake::run_intake(std::unique_ptr<destination> package) : package_(std::move(package)) {
    tree_.emplace(package_->root(), package_->incoming());
}

result<bool> run_intake::enter() {
    if (context_ == nullptr) {
        return true;
    }
    auto entered = arrival_->enter(*context_, home_, begin_.run_id);
    if (!entered || !*entered) {
        return entered;
    }
    if (auto why = arrival_->conflict(*context_, begin_)) {
        received_.failure = protocol::failure_message{.code = std::string(errc_name(why->kind())),
                                                      .context = why->context};
        arrival_->leave();
        return true;
    }
    if (auto opened = open(); !opened) {
        return opened.error();
    }
    return true;
}

result<> run_intake::open() {
    arrival_->sweep();
    if (begin_.remote_lock) {
        const auto guild = arrival_->guild();
        auto set = guild ? set_remote_lock(guild->get(), *begin_.remote_lock) : guild.error();
        if (!set) {
            return set;
        }
    }
    tree_.emplace(arrival_->root(), arrival_->incoming());
    return {};
}

content_intake::target run_intake::target() {
    return {.tree = tree_ ? &*tree_ : nullptr,
            .resumable = arrival_ != nullptr,
            .exact = tree_ && arrival_ == nullptr};
}

result<> run_intake::put(const protocol::file_order& order) {
    const auto& entry = order.entry;
    if (!is_safe_path(entry.path)) {
        return failure(errc::bad_input,
                       "the name '" + entry.path + "' leads outside its directory");
    }
    if (entry.type == file_type::other || (arrival_ && !may_arrive(entry.path, entry.type))) {
        return failure(errc::bad_input, "'" + entry.path + "' cannot be copied to a run");
    }
    if (entry.type == file_type::regular || !tree_) {
        return {};
    }
    if (entry.type == file_type::link) {
        auto put = tree_->put_link(entry);
        received_.files += put ? 1 : 0;
        return put;
    }
    if (arrival_ && (entry.path == ".guild" || entry.path == ".guild/outrider")) {
        arrival_->keep_directory(entry.path);
        own_directories_.push_back(entry);
    }
    return tree_->put_directory(entry);
}

result<std::unique_ptr<basis_signature>> run_intake::find_basis(const protocol::file_order& order) {
    std::optional<arriving_file> file;
    descriptor present;
    if (tree_ && arrival_) {
        auto opened = open_arriving(target(), order.entry.path, true);
        if (!opened) {
            return opened.error();
        }
        file.emplace(std::move(*opened));
        present = tree_->present(order.entry.path);
    }
    return std::make_unique<basis_signature>(order.number, std::move(file), std::move(present),
                                             whole_blocks(order.entry.size));
}

void run_intake::note(const protocol::file_order& order, const content_intake::outcome& outcome) {
    if (!tree_) {
        return;
    }
    if (outcome.missing) {
        ++received_.missing_count;
        if (received_.missing.size() < told_missing) {
            received_.missing.push_back(order.entry.path);
        }
        return;
    }
    ++received_.files;
    received_.bytes += outcome.bytes;
    received_.kept_bytes += outcome.kept;
    received_.live += outcome.live ? 1 : 0;
}

result<bool> run_intake::step_marks(const protocol::receive_marks& marks,
                                    clock::time_point deadline) {
    if (!tree_ || !arrival_) {
        return true;
    }
    while (removed_ < marks.remove.size()) {
        const auto done = tree_->step_removal(marks.remove[removed_], deadline);
        if (!done) {
            return done;
        }
        removed_ += *done ? 1 : 0;
        if (clock::now() >= deadline) {
            return false;
        }
    }
    removed_ = 0;
    auto set = set_marks(marks);
    return set ? result<bool>(true) : set.error();
}

result<> run_intake::set_marks(const protocol::receive_marks& marks) {
    const auto guild = arrival_->guild();
    if (!guild) {
        return guild.error();
    }
    return put_markers(guild->get(), {.remote_lock = marks.remote_lock,
                                      .pending = marks.pending,
                                      .staged = marks.staged,
                                      .terminated_remote = marks.terminated_remote});
}

result<bool> run_intake::step_finish(clock::time_point deadline) {
    if (!tree_) {
        return true;
    }
    if (package_) {
        return step_publish(deadline);
    }
    // First what is in the way of directories' times, then the times, then the lock.
    auto done = arrival_->step_emptying(deadline);
    if (done && *done) {
        done = tree_->step_directories(deadline);
    }
    if (!done || !*done) {
        return done;
    }
    auto left = leave();
    return left ? result<bool>(true) : left.error();
}

result<> run_intake::leave() {
    arrival_->leave();
    // The end of the incoming files has changed the times of what was around them.
    for (const auto& entry : own_directories_ | std::views::reverse) {
        if (auto set = tree_->set_directory(entry); !set) {
            return set;
        }
    }
    tree_.reset();
    return {};
}

result<bool> run_intake::step_publish(clock::time_point deadline) {
    const auto done = tree_->step_directories(deadline);
    if (!done || !*done) {
        return done;
    }
    auto visible = package_->publish();
    if (!visible) {
        return visible.error();
    }
    tree_.reset();
    return true;
}

} // namespace outrider::agent
