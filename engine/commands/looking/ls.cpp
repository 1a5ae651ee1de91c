#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/looking/path_pattern.hpp"
#include "engine/commands/looking/run_file.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/protocol/messages.hpp"
#include "engine/remotes/agent_client.hpp"
#include "engine/runs/manifest.hpp"

#include <map>
#include <string>
#include <vector>

namespace outrider {
namespace {

/// Everything below a run directory, parents before children.
struct file_listing {
    std::string directory; ///< absolute, on the machine that holds it
    std::vector<protocol::file_entry> entries;
};

using namespace std::chrono_literals;

constexpr std::size_t most_listed = 2'000'000; // of a hostile or broken far side
constexpr auto scan_limit = 5min;              // a run of 100,000 files on a network file system

/// Asks an agent for the files of a run; bounded at two million entries. `not_found` if there is no
/// such run directory.
awaitable<result<file_listing>> fetch_file_list(agent_client& agent, protocol::list_files request) {
    file_listing listing;
    auto take_batch = [&listing](const message_part& part) -> result<> {
        protocol::file_batch batch;
        if (part.type != protocol::file_batch::name || !protocol::from_json(part.body, batch)) {
            return failure(errc::protocol_violation, "unexpected part in a list of files");
        }
        if (listing.entries.size() + batch.entries.size() > most_listed) {
            return failure(errc::protocol_violation, "a run with more than two million files");
        }
        std::move(batch.entries.begin(), batch.entries.end(), std::back_inserter(listing.entries));
        return {};
    };
    exchange listing_files(agent, request);
    auto end = co_await with_deadline(listing_files.finish<protocol::file_list>(take_batch),
                                      scan_limit, agent.name() + ": listing files took too long");
    if (!end) {
        co_return end.error();
    }
    listing.directory = std::move(end->directory);
    co_return listing;
}

bool has_kind(const ls_command& what) {
    return what.sourcecode || what.dependencies || what.generated;
}

// A run without manifest has generated files only.
awaitable<result<run_manifest>> fetch_manifest(const run_at_hand& of) {
    protocol::read_file request;
    request.home = of.at.home;
    request.run_id = of.run.id;
    request.path = ".guild/manifest";
    auto text = co_await read_run_file(*of.agent, std::move(request), longest_manifest);
    if (!text && text.error().kind() != errc::not_found) {
        co_return text.error();
    }
    co_return text ? parse_manifest(*text) : run_manifest{};
}

// Of what the manifest names, a directory may be a dependency as a whole.
bool is_wanted(const protocol::file_entry& entry, const run_manifest& manifest,
               const ls_command& what) {
    if (entry.type == protocol::file_type::directory ||
        (entry.path.starts_with(".guild/") && !what.all && !what.path.starts_with(".guild"))) {
        return false; // hidden files are what the run wrote, except Guild's own
    }
    const bool source = manifest.sourcecode.contains(entry.path);
    const bool dependency = !source && covers(manifest.dependencies, entry.path);
    const bool internal = !source && !dependency && manifest.internal.contains(entry.path);
    return (source && what.sourcecode) || (dependency && what.dependencies) ||
           (!source && !dependency && !internal && what.generated);
}

// "drwxr-xr-x"
std::string mode_text(const protocol::file_entry& entry) {
    constexpr const char letters[] = "rwxrwxrwx";
    std::string text(10, '-');
    switch (entry.type) {
    case protocol::file_type::directory:
        text[0] = 'd';
        break;
    case protocol::file_type::link:
        text[0] = 'l';
        break;
    case protocol::file_type::other:
        text[0] = '?';
        break;
    case protocol::file_type::regular:
        break;
    }
    for (std::size_t i = 0; i < 9; ++i) {
        if ((entry.mode & (0400U >> i)) != 0) {
            text[i + 1] = letters[i];
        }
    }
    return text;
}

std::vector<file_detail> details_of(const std::vector<std::string>& paths,
                                    const std::vector<protocol::file_entry>& entries) {
    std::map<std::string_view, const protocol::file_entry*> by_path;
    for (const auto& entry : entries) {
        by_path.emplace(entry.path, &entry);
    }
    std::vector<file_detail> details;
    for (std::string_view path : paths) {
        if (path.ends_with('/')) {
            path.remove_suffix(1);
        }
        const auto& entry = *by_path.at(path); // the paths were chosen among the entries
        details.push_back({.mode = mode_text(entry),
                           .size = entry.size,
                           .modified_us = entry.mtime_ns / 1000,
                           .target = entry.target});
    }
    return details;
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, ls_command what) {
    if (what.path.starts_with('/')) {
        co_return failure(errc::bad_input,
                          "PATH must be relative\nTry '{program} {command} --help' for more "
                          "information.");
    }
    auto found = co_await find_one_run(session, what.remote, what.selection);
    if (!found) {
        co_return found.error();
    }
    auto files = co_await fetch_file_list(
        *found->agent,
        {.home = found->at.home, .run_id = found->run.id, .follow_links = what.follow_links});
    if (!files) {
        co_return files.error();
    }
    if (has_kind(what)) {
        auto manifest = co_await fetch_manifest(*found);
        if (!manifest) {
            co_return manifest.error();
        }
        std::erase_if(files->entries, [&](const protocol::file_entry& entry) {
            return !is_wanted(entry, *manifest, what);
        });
    }
    files_listed listed{.directory = std::move(files->directory),
                        .paths =
                            choose_paths(files->entries, what.path, what.all || has_kind(what)),
                        .details = {}};
    listed.details = details_of(listed.paths, files->entries);
    session.emit(std::move(listed));
    co_return outcome{};
}

} // namespace outrider
