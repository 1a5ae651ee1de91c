#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/choosing/run_details.hpp"
#include "engine/commands/choosing/run_facts.hpp"
#include "engine/commands/looking/diff_plan.hpp"
#include "engine/commands/looking/executing.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/config/config.hpp"
#include "engine/protocol/machine_messages.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/runs/run_arguments.hpp"
#include "engine/text/path_text.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/value_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace outrider {
namespace {

namespace json = boost::json;

/// A pair of indexes into a listing, in the order of the diff_comparison.
using chosen_pair = std::array<std::size_t, 2>;

// Two runs in the order they were typed; one: the one before it, and it; none: the newest two.
result<chosen_pair> choose_pair(const std::vector<std::string>& ids,
                                const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        return choose_pair(ids, {"2", "1"});
    }
    std::vector<std::size_t> found;
    for (const auto& argument : arguments) {
        const auto one = select_runs(ids, std::array{argument});
        if (!one) {
            return one.error();
        }
        found.insert(found.end(), one->begin(), one->end());
    }
    if (found.size() == 1 && found.front() + 1 < ids.size()) {
        return chosen_pair{found.front() + 1, found.front()};
    }
    if (found.size() == 1) {
        return failure(errc::not_found, "there is no run before " + ids[found.front()] +
                                            " that it could be compared with");
    }
    if (found.size() != 2) {
        return failure(errc::bad_input, "{command} takes two runs, but " +
                                            std::to_string(found.size()) + " are named");
    }
    const bool range = arguments.size() == 1; // newest first there
    return range ? chosen_pair{found[1], found[0]} : chosen_pair{found[0], found[1]};
}

json::object object_in(const std::string& yaml) {
    auto value = read_yaml(yaml, "op");
    return value && value->is_object() ? value->get_object() : json::object();
}

json::object sourcecode_of(const run_detail& run) {
    const auto op = object_in(run.op);
    const auto* code = op.if_contains("sourcecode");
    return code != nullptr && code->is_object() ? code->get_object() : json::object();
}

result<std::vector<std::string>> program_words(const diff_command& asked, const std::string& set) {
    const std::string& text = asked.program.empty() ? set : asked.program;
    auto words = shell_split(text);
    if (!words) {
        return failure(errc::bad_input, "the command '" + text + "' has an open quote");
    }
    return words->empty() ? std::vector<std::string>{"diff", "-ru"} : *words;
}

// `diff: {command: …}` of the user's configuration.
std::string configured_program(const command_context& context) {
    const auto settings = load_config(context);
    if (!settings) {
        return {};
    }
    const auto* section = settings->data.if_contains("diff");
    return section != nullptr && section->is_object() ? text_of(section->get_object(), "command")
                                                      : std::string();
}

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// One `diff`.
class diff_comparison {
  public:
    diff_comparison(command_session& session, diff_command what, target at)
        : session_(session), what_(std::move(what)), at_(std::move(at)) {}

    awaitable<result<outcome>> run() {
        for (auto& text : needless_options(what_)) {
            session_.emit(note{.warning = true, .text = std::move(text)});
        }
        auto words = program_words(
            what_, at_.remote.empty() ? configured_program(session_.context()) : std::string());
        if (!words) {
            co_return words.error();
        }
        if (auto found = co_await find(); !found) {
            co_return found.error();
        }
        auto pairs = plan();
        if (!pairs) {
            co_return pairs.error();
        }
        for (const auto& pair : *pairs) {
            auto command = *words;
            command.insert(command.end(), {pair.left, pair.right});
            auto ran = at_.remote.empty() ? co_await run_here(std::move(command))
                                          : co_await run_there(std::move(command));
            if (!ran) {
                co_return ran.error();
            }
        }
        co_return outcome{};
    }

  private:
    bool with_directory() const { return what_.working || !what_.directory.empty(); }

    awaitable<result<>> find() {
        run_query query;
        query.selection.filter = what_.selection.filter;
        auto listed = co_await choose_runs(session_, at_, query);
        if (!listed) {
            co_return listed.error();
        }
        std::vector<std::string> ids;
        for (const auto& row : listed->rows) {
            ids.push_back(row.id);
        }
        protocol::list_runs request;
        request.home = listed->home;
        request.attributes = {"op", "env", "flags", "deps"};
        if (with_directory()) {
            const auto arguments =
                what_.selection.runs.empty() ? std::vector<std::string>{"1"} : what_.selection.runs;
            auto one = select_runs(ids, arguments);
            if (!one) {
                co_return one.error();
            }
            if (one->size() != 1) {
                co_return failure(errc::bad_input, "one run can be compared with a directory");
            }
            request.ids = {ids[one->front()]};
        } else {
            auto pair = choose_pair(ids, what_.selection.runs);
            if (!pair) {
                co_return pair.error();
            }
            request.ids = {ids[(*pair)[0]], ids[(*pair)[1]]};
        }
        co_return co_await read_runs(std::move(request));
    }

    awaitable<result<>> read_runs(protocol::list_runs request) {
        const auto ids = request.ids;
        auto facts = co_await fetch_facts(session_, at_, request);
        if (!facts) {
            co_return facts.error();
        }
        for (const auto& id : ids) {
            const auto found = std::ranges::find(*facts, id, &protocol::run_facts::id);
            if (found == facts->end()) {
                co_return failure(errc::not_found, "run " + id + " was deleted meanwhile");
            }
            details_.push_back(detail_of(*found));
            compared_run run{.directory = found->directory};
            for (const auto& [name, text] : found->attributes) {
                run.attributes.push_back(name);
            }
            if (what_.sourcecode || with_directory()) {
                auto manifest = co_await fetch_run_file(
                    session_, at_, {.home = request.home, .run_id = id, .path = ".guild/manifest"});
                if (!manifest) {
                    co_return manifest.error();
                }
                run.sources = sources_in(manifest->value_or(""));
                const std::string dest = text_of(sourcecode_of(details_.back()), "dest");
                // Before there were manifests, the source code stood in a place of its own.
                run.source_directory = dest == "." ? "" : dest.empty() ? ".guild/sourcecode" : dest;
            }
            runs_.push_back(std::move(run));
        }
        co_return result<>();
    }

    result<std::vector<path_pair>> plan() const {
        if (!with_directory()) {
            return pairs_of_runs(runs_[0], runs_[1], what_);
        }
        auto directory =
            what_.working ? project_of(details_.front(), runs_.front()) : what_.directory;
        if (directory.empty()) {
            return failure(errc::not_found,
                           "cannot find working source directory for run " +
                               details_.front().row.id + ": it was run from " +
                               details_.front().from +
                               "\nUse --dir to name a directory to compare it with.");
        }
        auto pairs = pairs_with_directory(runs_.front(), directory, what_);
        // Most files of a project are as they were.
        std::erase_if(pairs, [](const path_pair& pair) {
            std::error_code ec;
            return std::filesystem::is_regular_file(pair.left, ec) &&
                   std::filesystem::is_regular_file(pair.right, ec) &&
                   std::filesystem::file_size(pair.left, ec) ==
                       std::filesystem::file_size(pair.right, ec) &&
                   content_of(pair.left) == content_of(pair.right);
        });
        return pairs;
    }

    // Where the source code stands in a directory of its own, that is its root in the project.
    static std::string project_of(const run_detail& run, const compared_run& compared) {
        const std::string& project = run.row.project_directory;
        const std::string root = text_of(sourcecode_of(run), "root");
        const bool whole = compared.source_directory.empty() || root.empty() || project.empty();
        return whole ? project : project + "/" + root;
    }

    // On the terminal that is there, as some people compare with programs that need one.
    awaitable<result<>> run_here(std::vector<std::string> words) {
        const std::string directory = session_.context().directory;
        auto ended = co_await run_blocking(
            [words, directory] { return run_in_foreground(words, directory); });
        if (!ended) {
            co_return could_not_run(words, ended.error());
        }
        co_return result<>(); // that there are differences is no failure
    }

    awaitable<result<>> run_there(std::vector<std::string> words) {
        auto agent = co_await session_.agent(at_);
        if (!agent) {
            co_return agent.error();
        }
        protocol::execute request;
        request.words = words;
        request.home = at_.home;
        request.activation = at_.to.activation();
        exchange executing(**agent, request);
        for (;;) {
            auto incoming = co_await executing.next();
            if (!incoming) {
                co_return could_not_run(words, incoming.error());
            }
            if (incoming->kind == protocol::frame_kind::data) {
                session_.emit(output_bytes{.bytes = std::string(incoming->payload)});
            } else if (incoming->kind == protocol::frame_kind::reply) {
                co_return result<>();
            }
        }
    }

    static failure could_not_run(const std::vector<std::string>& words, failure why) {
        std::string command;
        for (const auto& word : words) {
            command += (command.empty() ? "" : " ") + shell_quote(word);
        }
        if (why.kind() == errc::not_found) { // as Python says it
            why.context = "[Errno 2] No such file or directory: '" + words.front() + "'";
        }
        why.context = "error running '" + command + "': " + why.context;
        return why;
    }

    command_session& session_;
    diff_command what_;
    target at_;
    std::vector<compared_run> runs_;
    std::vector<run_detail> details_;
};

} // namespace

awaitable<result<outcome>> perform(command_session& session, diff_command what) {
    if (auto good = check_diff(what); !good) {
        co_return good.error();
    }
    auto at = co_await session.find_target(what.remote);
    if (!at) {
        co_return at.error();
    }
    if (!what.directory.empty()) {
        const auto& context = session.context();
        const auto home = context.environment.find("HOME");
        what.directory = absolute_path(what.directory, context.directory,
                                       home == context.environment.end() ? "/" : home->second);
    }
    diff_comparison compared(session, std::move(what), std::move(*at));
    co_return co_await compared.run();
}

} // namespace outrider
