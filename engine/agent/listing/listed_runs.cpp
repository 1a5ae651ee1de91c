#include "engine/agent/listing/listed_runs.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/small_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace outrider::agent {
namespace {

/// Runs that are looked at in one step, between two looks at the clock.
constexpr std::size_t runs_at_once = 64;
/// A home with fewer runs is read faster without an index.
constexpr std::size_t runs_worth_an_index = 64;
/// Larger files are not kept in the index, bytes.
constexpr std::size_t largest_indexed = 4096;
/// Attributes of one run that the index keeps.
constexpr std::size_t most_indexed = 32;

constexpr std::array time_attributes{"started", "initialized"};

std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> out;
    DIR* listing = ::opendir(directory.c_str());
    if (listing == nullptr) {
        return out;
    }
    while (const dirent* entry = ::readdir(listing)) {
        const bool may_be_directory =
            entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
        if (may_be_directory && entry->d_name[0] != '.') {
            out.emplace_back(entry->d_name);
        }
    }
    ::closedir(listing);
    return out;
}

std::optional<std::int64_t> time_in(const std::optional<std::string>& text) {
    std::int64_t value = 0;
    if (text &&
        std::from_chars(text->data(), text->data() + text->size(), value).ec == std::errc()) {
        return value;
    }
    return std::nullopt;
}

std::string attribute_path(const std::string& id, std::string_view name) {
    return id + "/.guild/attrs/" + std::string(name);
}

// `exit_status`, `started` and `initialized` are always read; each name once.
std::vector<std::string> all_names(const std::vector<std::string>& asked) {
    std::vector<std::string> out{"exit_status", "started", "initialized"};
    for (const auto& name : asked) {
        if (is_safe_name(name) && std::ranges::find(out, name) == out.end()) {
            out.push_back(name);
        }
    }
    return out;
}

// Nothing about it can change without a change of its files: no process has a part in it.
bool is_final(const protocol::run_facts& facts) {
    using protocol::process_state;
    return facts.attributes.contains("exit_status") && !facts.lock && !facts.pending &&
           !facts.staged && !facts.remote_lock && facts.operation == process_state::none &&
           facts.supervisor == process_state::none && facts.starter == process_state::none;
}

} // namespace

listed_runs::listed_runs(const agent_context& context, const fs::path& home, bool trash)
    : context_(context), directory_(trash ? home / "trash" / "runs" : home / "runs"),
      index_(context, home, trash) {}

void listed_runs::begin(std::vector<std::string> ids) {
    folder_.reset(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder_) {
        return;
    }
    // The index says what is known of all runs; a few that are named are read without it.
    all_ = ids.empty();
    names_ = all_ ? names_in(directory_) : std::move(ids);
    uses_index_ = names_.size() >= runs_worth_an_index;
    if (uses_index_) {
        index_.load();
    }
    runs_.reserve(names_.size());
}

bool listed_runs::look_at_some() {
    for (std::size_t i = 0; i < runs_at_once && !names_.empty(); ++i) {
        const std::string id = std::move(names_.back());
        names_.pop_back();
        if (is_safe_name(id)) {
            std::ignore = look_at(id); // false: it is no run
        }
    }
    if (!names_.empty()) {
        return true;
    }
    std::ranges::sort(runs_, [](const listed_run& a, const listed_run& b) {
        return a.time_us != b.time_us ? a.time_us > b.time_us : a.id < b.id;
    });
    return false;
}

// Reads a file unless what is known of it still has the mark that is on the disk.
marked_file listed_runs::read_again(const std::string& path, const marked_file* known,
                                    std::size_t limit, news& told) const {
    marked_file out;
    const auto mark = uses_index_ ? mark_of(folder_.get(), path) : std::nullopt;
    if (mark && known != nullptr && known->mark == *mark) {
        return *known;
    }
    told.changed = true;
    told.certain = told.certain && mark.has_value();
    out.mark = mark.value_or(file_mark{});
    if (!mark || mark->exists()) {
        out.bytes = read_small_file(folder_.get(), path, limit);
    }
    return out;
}

bool listed_runs::look_at(const std::string& id) {
    const auto known = uses_index_ ? index_.find(id) : std::nullopt;
    news told{.changed = !known};
    indexed_run seen{.id = id};
    seen.opref =
        read_again(id + "/.guild/opref", known ? &known->opref : nullptr, max_record, told);
    const bool is_there = seen.opref.bytes || seen.opref.mark.exists() ||
                          ::faccessat(folder_.get(), (id + "/.guild/opref").c_str(), F_OK, 0) == 0;
    if (!is_there) {
        return false;
    }
    // A proto stands in a run before its opref does, and goes when the run does.
    if (seen.opref.bytes && (!known || seen.opref.mark != known->opref.mark)) {
        add_proto(folder_.get(), id, *seen.opref.bytes);
    }
    listed_run found{.id = id, .opref = seen.opref.bytes.value_or("")};
    for (const char* name : time_attributes) {
        auto file =
            read_again(attribute_path(id, name), known ? known->find(name) : nullptr, 64, told);
        file.name = name;
        const auto time = time_in(file.bytes);
        seen.attributes.push_back(std::move(file));
        if (time) {
            found.time_us = *time;
            break;
        }
    }
    if (told.changed && told.certain && uses_index_) {
        index_.put(seen);
    }
    found.as_indexed = !told.changed;
    runs_.push_back(std::move(found));
    return true;
}

protocol::run_facts listed_runs::facts(const listed_run& run,
                                       const std::vector<std::string>& attributes) {
    const std::string& id = run.id;
    if (!uses_index_) {
        return read_run(run_paths{directory_ / id}, *context_.launcher, attributes);
    }
    const auto names = all_names(attributes);
    const auto known = index_.find(id);
    if (known && known->ended) {
        if (auto facts = known_facts(*known, names, run.as_indexed)) {
            return std::move(*facts);
        }
    }
    return read_and_put(id, known ? &*known : nullptr, names);
}

std::optional<protocol::run_facts> listed_runs::known_facts(const indexed_run& known,
                                                            const std::vector<std::string>& names,
                                                            bool as_indexed) const {
    const auto same = [&](const std::string& path, const file_mark& mark) {
        return mark_of(folder_.get(), path) == mark;
    };
    const std::string guild = known.id + "/.guild";
    if (!same(guild, known.guild) || !same(guild + "/attrs", known.attrs) ||
        !(as_indexed || same(guild + "/opref", known.opref.mark)) ||
        (known.has_ours && !same(guild + "/outrider/reason", known.reason.mark))) {
        return std::nullopt;
    }
    protocol::run_facts facts{.id = known.id,
                              .directory = (directory_ / known.id).native(),
                              .opref = known.opref.bytes.value_or(""),
                              .terminated_remote = known.terminated_remote};
    for (const auto& name : names) {
        const auto* file = known.find(name);
        // That it is absent follows from the directory.
        if (file == nullptr ||
            (file->mark.exists() && !(as_indexed && name == time_attributes.front()) &&
             !same(attribute_path(known.id, name), file->mark))) {
            return std::nullopt;
        }
        if (file->bytes) {
            facts.attributes.emplace(name, *file->bytes);
        }
    }
    if (known.reason.bytes) {
        if (auto reason = protocol::decode<protocol::end_reason>(*known.reason.bytes)) {
            facts.reason = std::move(*reason);
        }
    }
    return facts;
}

protocol::run_facts listed_runs::read_and_put(const std::string& id, const indexed_run* known,
                                              const std::vector<std::string>& names) {
    const run_paths run{directory_ / id};
    auto wanted = names;
    for (const auto& file : known != nullptr ? known->attributes : std::vector<marked_file>{}) {
        if (std::ranges::find(wanted, file.name) == wanted.end()) {
            wanted.push_back(file.name); // another listing asked for it
        }
    }
    // Marks first: what changes between them and the bytes is read again the next time.
    bool certain = wanted.size() <= most_indexed;
    const auto mark = [&](const std::string& path) {
        const auto found = certain ? mark_of(folder_.get(), path) : std::nullopt;
        certain = found.has_value();
        return found.value_or(file_mark{});
    };
    const std::string guild = id + "/.guild";
    indexed_run seen{.id = id, .ended = true};
    seen.guild = mark(guild);
    seen.attrs = mark(guild + "/attrs");
    seen.opref.mark = mark(guild + "/opref");
    seen.has_ours = mark(guild + "/outrider").exists();
    seen.reason.mark = mark(guild + "/outrider/reason");
    for (const auto& name : wanted) {
        seen.attributes.push_back(
            {.name = name, .mark = mark(attribute_path(id, name)), .bytes = {}});
    }
    auto facts = read_run(run, *context_.launcher, wanted);
    seen.opref.bytes = facts.opref;
    seen.terminated_remote = facts.terminated_remote;
    if (facts.reason) {
        seen.reason.bytes = protocol::encode(*facts.reason);
    }
    for (auto& file : seen.attributes) {
        if (const auto found = facts.attributes.find(file.name); found != facts.attributes.end()) {
            file.bytes = found->second;
        }
        certain = certain && file.mark.size <= largest_indexed;
    }
    if (certain && is_final(facts)) {
        index_.put(seen);
    }
    std::erase_if(facts.attributes, [&](const auto& attribute) {
        return std::ranges::find(names, attribute.first) == names.end();
    });
    return facts;
}

void listed_runs::end() {
    if (!uses_index_ || !all_ || !index_.is_worth_storing()) {
        return;
    }
    std::vector<std::string> ids;
    ids.reserve(runs_.size());
    for (const auto& run : runs_) {
        ids.push_back(run.id);
    }
    index_.store(ids);
}

} // namespace outrider::agent
