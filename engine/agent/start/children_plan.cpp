#include "engine/agent/start/children_plan.hpp"

#include "engine/agent/files/tree_removal.hpp"
#include "engine/agent/start/tree_copy.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace outrider::agent {
namespace {

/// Longest line of a plan, bytes: the attributes of one run are less.
constexpr std::size_t longest_plan_line = std::size_t{4} << 20;

result<> write_whole(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto put = ::write(file, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return errno_failure(errno, "cannot write");
        }
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

// The trials of the search that `old` is the plan of, where `arriving` is that of one as well.
result<> keep_trials(const fs::path& old, const fs::path& arriving) {
    const auto plan = children_reader::open(arriving);
    drop_unfinished_line(old);
    auto before = children_reader::open(old);
    if (!plan || !before || !plan->head().search || !before->head().search) {
        return {};
    }
    for (;;) {
        auto child = before->next();
        if (!child || !*child) {
            return child ? result<>() : result<>(child.error());
        }
        if (auto added = add_to_plan(arriving, **child); !added) {
            return added;
        }
    }
}

} // namespace

result<> add_to_plan(const fs::path& plan, const protocol::planned_child& child) {
    const descriptor file(::open(plan.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    const off_t end = file ? ::lseek(file.get(), 0, SEEK_END) : -1;
    if (end < 0) {
        return errno_failure(errno, "cannot write " + plan.string());
    }
    auto written = write_whole(file.get(), protocol::encode(child) + "\n");
    if (!written) {
        std::ignore = ::ftruncate(file.get(), end); // else whoever reads it drops the part
        return failure(written.error().kind(), written.error().context + " " + plan.string());
    }
    return {};
}

void drop_unfinished_line(const fs::path& plan) {
    const auto reader = children_reader::open(plan);
    const descriptor file(::open(plan.c_str(), O_RDWR | O_CLOEXEC));
    off_t end = file ? ::lseek(file.get(), 0, SEEK_END) : -1;
    if (!reader || !reader->head().search || end <= 0) {
        return;
    }
    const off_t size = end;
    char last = 0;
    while (end > 0 && ::pread(file.get(), &last, 1, end - 1) == 1 && last != '\n') {
        --end;
    }
    if (end != size) {
        std::ignore = ::ftruncate(file.get(), end); // then the reader says what is wrong
    }
}

bool keeps_source(const protocol::children_head& head, const run_paths& run) {
    return head.common.source_proto && head.common.source_run == run.directory.filename();
}

result<children_reader> children_reader::open(const fs::path& plan) {
    children_reader out;
    out.path_ = plan;
    out.file_.reset(std::fopen(plan.c_str(), "re"));
    if (!out.file_) {
        return errno_failure(errno, "cannot read " + plan.string());
    }
    auto first = out.line();
    if (!first) {
        return first.error();
    }
    auto head = protocol::decode<protocol::children_head>(first->value_or(""));
    if (!head) {
        return failure(errc::bad_input, plan.string() + " is no plan: " + head.error().context);
    }
    out.head_ = std::move(*head);
    return out;
}

result<std::optional<std::string>> children_reader::line() {
    std::string out;
    for (int c = 0; (c = ::getc_unlocked(file_.get())) != EOF;) {
        if (c == '\n') {
            return std::optional(std::move(out));
        }
        if (out.size() == longest_plan_line) {
            return failure(errc::bad_input, "a line of " + path_.string() + " is too long");
        }
        out.push_back(static_cast<char>(c));
    }
    if (!out.empty()) {
        return failure(errc::bad_input, path_.string() + " was cut off");
    }
    return std::optional<std::string>{};
}

result<std::optional<protocol::planned_child>> children_reader::next() {
    auto text = line();
    if (!text) {
        return text.error();
    }
    if (!*text) {
        return std::optional<protocol::planned_child>{};
    }
    auto child = protocol::decode<protocol::planned_child>(**text);
    if (!child || !is_safe_name(child->id) ||
        (!child->link.empty() && (!is_safe_name(child->link) || child->link == ".guild"))) {
        return failure(errc::bad_input, path_.string() + " has a child that cannot be a run");
    }
    return std::optional(std::move(*child));
}

bool may_be_array(const protocol::children_head& head, const run_paths& run) {
    return head.kind == protocol::children_kind::trials && !head.search && !head.early_stop &&
           !head.stop_on_failure && !head.stage && head.failed.empty() &&
           ::access(run.chosen_children().c_str(), F_OK) != 0;
}

result<fs::path> received_children(const agent_context& context, const std::string& package) {
    auto files = package_files(context.machine.cache_directory, package);
    if (!files) {
        return files.error();
    }
    return *files / protocol::children_file;
}

result<> place_children(const agent_context& context, const std::string& package,
                        const run_paths& run) {
    auto received = received_children(context, package);
    if (!received) {
        return received.error();
    }
    if (auto made = make_directories(run.ours()); !made) {
        return made;
    }
    const auto plan = children_reader::open(*received);
    if (!plan) {
        return plan.error();
    }
    if (!keeps_source(plan->head(), run)) {
        std::ignore = remove_tree(run.proto()); // of an earlier plan
    }
    const fs::path arriving = run.temporary("children");
    std::ignore = remove_file(arriving);
    if (auto copied = tree_copy::begin(*received, arriving); !copied) {
        return copied.error();
    }
    ::chmod(arriving.c_str(), 0600); // children get what is secret from it
    if (auto kept = keep_trials(run.children(), arriving); !kept) {
        return kept;
    }
    if (::rename(arriving.c_str(), run.children().c_str()) != 0) {
        return errno_failure(errno, "cannot write " + run.children().string());
    }
    return {};
}

void forget_children(const agent_context& context, const std::string& package) {
    const auto files = package_files(context.machine.cache_directory, package);
    if (package.empty() || !files) {
        return;
    }
    // Whole or not at all, for whoever looks for it.
    const fs::path place = files->parent_path();
    const fs::path aside = place.parent_path() / (".done-" + package);
    if (::rename(place.c_str(), aside.c_str()) == 0) {
        std::ignore = remove_tree(aside);
    }
}

result<> write_proto(const agent_context& context, const protocol::children_head& head,
                     const run_paths& run, const resolved_start& start) {
    const run_paths proto{run.proto()};
    if (auto made = make_directories(proto.attributes()); !made) {
        return made;
    }
    if (auto written = write_attributes(context, head.common, proto, start); !written) {
        return written;
    }
    if (auto written = write_new_file(proto.pending(), ""); !written) {
        return written;
    }
    return write_new_file(proto.opref(), head.common.opref);
}

} // namespace outrider::agent
