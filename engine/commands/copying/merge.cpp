#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/copying/merge_plan.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/project/git.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/runs/run_paths.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/path_text.hpp"

#include <algorithm>
#include <fstream>
#include <set>

namespace outrider {
namespace {

constexpr std::size_t longest_manifest = std::size_t{64} << 20; // bytes; a million files

/// What a merge would do.
struct merge_work {
    std::vector<merged_file> files;    ///< that differ, or are not there
    std::vector<std::string> replaces; ///< of those in the project what is there
};

/// Where a merge goes, and what it may replace there.
struct merge_target {
    std::string directory;
    bool replace = false;    ///< whatever is there
    bool no_replace = false; ///< nothing, be it committed
};

bool same_content(const fs::path& one, const fs::path& other) {
    std::error_code error;
    if (fs::file_size(one, error) != fs::file_size(other, error) || error) {
        return false;
    }
    std::ifstream left(one, std::ios::binary);
    std::ifstream right(other, std::ios::binary);
    return std::equal(std::istreambuf_iterator<char>(left), {},
                      std::istreambuf_iterator<char>(right), {});
}

// Regular files below a run, without Guild's own; links lead to what is not the run's.
result<std::vector<std::string>> files_of(const fs::path& run) {
    std::vector<std::string> out;
    std::error_code error;
    fs::recursive_directory_iterator at(run, error);
    for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
        if (at.depth() == 0 && at->path().filename() == ".guild") {
            at.disable_recursion_pending();
        } else if (at->symlink_status(error).type() == fs::file_type::regular) {
            out.push_back(at->path().lexically_relative(run).generic_string());
        }
    }
    if (error) {
        return errno_failure(error.value(), "read " + run.native());
    }
    std::ranges::sort(out);
    return out;
}

result<merge_work> look_for_work(const fs::path& run, const merge_command& what,
                                 const std::string& target) {
    auto files = files_of(run);
    if (!files) {
        return files.error();
    }
    const auto manifest = read_small_file(run_paths{run}.manifest(), longest_manifest);
    merge_work out;
    for (auto& each : plan_merge(manifest.value_or(""), *files, what)) {
        const auto to = fs::path(target) / each.in_project;
        std::error_code error;
        const bool there = fs::exists(fs::symlink_status(to, error));
        if (there && fs::is_regular_file(to, error) && same_content(run / each.in_run, to)) {
            continue;
        }
        if (there) {
            out.replaces.push_back(each.in_project);
        }
        out.files.push_back(std::move(each));
    }
    return out;
}

// What is committed can be had again, unless the person says otherwise.
result<> check_replaced(const merge_work& work, const merge_target& target,
                        const std::map<std::string, std::string>& environment) {
    if (target.replace || work.replaces.empty()) {
        return {};
    }
    std::set<std::string> committed;
    if (!target.no_replace) {
        const auto told = git_committed_files(target.directory, environment);
        if (!told) {
            return told.error();
        }
        committed = told->value_or(committed);
    }
    std::string lost;
    for (const auto& path : work.replaces) {
        if (!committed.contains(path)) {
            lost += "\n  " + path;
        }
    }
    return lost.empty()
               ? result<>()
               : failure(errc::conflict, "these files in " + target.directory +
                                             " would be replaced:" + lost +
                                             "\nUse --replace to replace them, or --target-dir to "
                                             "name another directory.");
}

result<> merge_file(const fs::path& from, const fs::path& to) {
    std::error_code error;
    if (auto made = make_directories(to.parent_path()); !made) {
        return made;
    }
    const fs::path beside = to.parent_path() / ("." + to.filename().native() + ".part");
    fs::copy_file(from, beside, fs::copy_options::overwrite_existing, error);
    if (!error) {
        fs::rename(beside, to, error);
    }
    if (error) {
        std::error_code unseen;
        fs::remove(beside, unseen);
        return errno_failure(error.value(), "cannot write " + to.native());
    }
    return {};
}

result<std::string> target_of(const merge_command& what, const run_row& run,
                              const command_context& context) {
    if (!what.target.empty()) {
        return absolute_path(what.target, context.directory, user_home(context));
    }
    if (run.project_directory.empty()) {
        return failure(errc::bad_input, "it is not known of which project run " + run.id +
                                            " is\nUse --target-dir to name a directory.");
    }
    std::error_code error;
    if (!fs::equivalent(run.project_directory, context.directory, error)) {
        return failure(errc::bad_input,
                       "run " + run.id + " is of the project in " + run.project_directory +
                           ", not of this one\nChange to that directory, or use --target-dir to "
                           "name one.");
    }
    return context.directory;
}

awaitable<result<>> copy_all(command_session& session, const fs::path& run,
                             const std::vector<merged_file>& files, std::string target) {
    for (const auto& each : files) {
        session.emit(note{.text = "Copying " + each.in_run});
        auto copied = co_await run_blocking(
            [from = run / each.in_run, to = fs::path(target) / each.in_project] {
                return merge_file(from, to);
            });
        if (!copied) {
            co_return copied.error();
        }
    }
    co_return result<>();
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, merge_command what) {
    if (what.replace && what.no_replace) {
        co_return failure(errc::bad_input, "--replace and --no-replace cannot both be specified");
    }
    if (what.sourcecode && what.all) {
        co_return failure(errc::bad_input, "--sourcecode and --all cannot both be specified");
    }
    auto found = co_await find_one_run(session, "", what.selection);
    if (!found) {
        co_return found.error();
    }
    auto target = target_of(what, found->run, session.context());
    if (!target) {
        co_return target.error();
    }
    const fs::path run = found->run.directory;
    auto work =
        co_await run_blocking([run, what, to = *target] { return look_for_work(run, what, to); });
    if (!work) {
        co_return work.error();
    }
    question asked;
    asked.kind = question_kind::change;
    asked.text = "You are about to copy files of the following run to " + *target + ":";
    asked.runs = {found->run};
    if (work->files.empty()) {
        session.emit(note{.text = "Nothing to copy for the following run:\n  " + found->run.id +
                                  "  " + found->run.operation});
        co_return outcome{};
    }
    auto safe = co_await run_blocking([work = *work, environment = session.context().environment,
                                       to = merge_target{*target, what.replace, what.no_replace}] {
        return check_replaced(work, to, environment);
    });
    if (!safe) {
        co_return safe.error();
    }
    if (what.preview) {
        session.emit(note{.text = "Files of run " + found->run.id + " for " + *target + ":"});
        for (const auto& each : work->files) {
            session.emit(note{.text = "  " + each.in_project});
        }
        co_return outcome{};
    }
    if (auto agreed = co_await session.confirm(std::move(asked)); !agreed) {
        co_return agreed.error();
    }
    auto copied = co_await copy_all(session, run, work->files, std::move(*target));
    if (!copied) {
        co_return copied.error();
    }
    co_return outcome{};
}

} // namespace outrider
