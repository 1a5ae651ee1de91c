#include "engine/commands/choosing/choose_runs.hpp"
#include "engine/commands/choosing/run_scalars.hpp"
#include "engine/commands/comparing/comparison.hpp"
#include "engine/commands/comparing/log_directory.hpp"
#include "engine/commands/comparing/multiple_runs.hpp"
#include "engine/commands/comparing/scalars_export.hpp"
#include "engine/commands/looking/executing.hpp"
#include "engine/commands/session/perform.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/core/find_program.hpp"
#include "engine/project/flag_text.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/reactor/task_group.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/scalars/scalar_series.hpp"
#include "engine/text/natural_order.hpp"
#include "engine/text/path_text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include <unistd.h>

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr auto browser_look = 200ms; // between two looks whether TensorBoard answers
constexpr std::size_t name_digits = 8;

result<> check_tensorboard(const tensorboard_command& what) {
    for (const auto& option : what.options) {
        if (option.find('=') == std::string::npos || option.starts_with('=')) {
            return failure(errc::bad_input,
                           "invalid TensorBoard option '" + option + "' - must be OPTION=VALUE");
        }
    }
    return {};
}

/// Chooses the runs, also those that come while TensorBoard runs.
class shown_runs {
  public:
    shown_runs(command_session& session, const tensorboard_command& what)
        : session_(session), what_(what), selection_(what.selection) {}

    awaitable<result<std::vector<comparable_run>>> look() {
        auto found = co_await choose_runs_at(
            session_, "", {.selection = selection_, .attributes = comparison_attributes()});
        if (!found) {
            co_return of_multiple_runs(found.error());
        }
        std::vector<comparable_run> runs;
        std::vector<std::string> ids;
        for (auto& each : found->chosen.facts) {
            ids.push_back(each.id);
            runs.push_back(comparable_run::of(std::move(each)));
        }
        // Who named runs by their index means these runs, whatever comes before them later.
        if (!what_.selection.runs.empty()) {
            selection_.runs = ids;
        }
        if (ids.empty()) {
            co_return runs;
        }
        auto logged = co_await fetch_logged(session_, found->at, ids, false);
        if (!logged) {
            co_return logged.error();
        }
        std::erase_if(runs, [&](const comparable_run& each) {
            return !what_.include_batch && !(*logged)[each.facts.id].proto.empty();
        });
        for (auto& each : runs) {
            each.add(std::move((*logged)[each.facts.id]));
        }
        co_return runs;
    }

  private:
    command_session& session_;
    const tensorboard_command& what_;
    run_selection selection_;
};

// ---- scalars as a table

awaitable<result<outcome>> export_scalars(command_session& session,
                                          const tensorboard_command& what) {
    shown_runs shown(session, what);
    auto runs = co_await shown.look();
    if (!runs) {
        co_return runs.error();
    }
    std::vector<exported_run> exported;
    for (const auto& each : *runs) {
        exported.push_back({.id = each.facts.id, .directory = each.facts.directory});
    }
    const bool to_output = *what.export_to == "-";
    std::ofstream file;
    const auto& context = session.context();
    const fs::path path = absolute_path(*what.export_to, context.directory, user_home(context));
    if (!to_output) {
        if (auto made = make_directories(path.parent_path()); !made) {
            co_return made.error();
        }
        file.open(path, std::ios::binary | std::ios::trunc);
    }
    const auto table = std::make_shared<scalars_export>(std::move(exported));
    while (auto piece = co_await run_blocking([table] { return table->next(); })) {
        if (to_output) {
            session.emit(output_bytes{.bytes = std::move(*piece)});
            co_await session.catch_up();
        } else {
            file << *piece;
        }
    }
    if (!to_output && !file.flush()) {
        co_return failure(errc::internal, "cannot write " + path.string());
    }
    co_return outcome{};
}

// ---- the directory

std::string label_of(const comparable_run& run, const tensorboard_command& what) {
    if (what.name_flags.empty()) {
        return run.detail.row.label;
    }
    std::string out;
    std::string_view rest = what.name_flags;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(','), rest.size());
        const auto name = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto* value = run.flags.if_contains(name);
        if (value != nullptr && !value->is_null()) {
            out += (out.empty() ? "" : " ") + std::string(name) + "=" +
                   format_flag(*value, {.cut_floats = true, .shorten_paths = true});
        }
    }
    return out;
}

std::string started_text(const comparable_run& run) {
    run_column started{.kind = column_kind::attribute, .name = "started"};
    const auto text = shown_value(started, run.detail, run.facts);
    return text.is_string() ? std::string(text.get_string()) : std::string();
}

// Terminated runs count as good: people end what has learnt enough.
hparams_status status_in_table(run_state state) {
    switch (state) {
    case run_state::completed:
    case run_state::terminated:
        return hparams_status::success;
    case run_state::error:
        return hparams_status::failure;
    case run_state::running:
        return hparams_status::running;
    case run_state::staged:
    case run_state::pending:
        break;
    }
    return hparams_status::unknown;
}

logged_run logged_run_of(const comparable_run& run, const tensorboard_command& what) {
    const auto& row = run.detail.row;
    logged_run out{.id = row.id,
                   .name = log_name({row.id.substr(0, name_digits), row.operation,
                                     started_text(run), label_of(run, what)}),
                   .operation = row.operation,
                   .directory = row.directory,
                   .hparams = run.flags,
                   .started_us = row.started_us,
                   .status = status_in_table(row.state)};
    out.hparams["sourcecode"] = run.detail.sourcecode_digest.substr(0, name_digits);
    if (row.state != run_state::running) {
        out.stopped_us = row.stopped_us;
    }
    return out;
}

hparams_experiment experiment_of(const std::vector<logged_run>& logged,
                                 const std::vector<comparable_run>& runs) {
    hparams_experiment out;
    for (const auto& run : logged) {
        for (const auto& each : run.hparams) {
            auto& values = out.hparams[std::string(each.key())];
            if (std::ranges::find(values, each.value()) == values.end()) {
                values.push_back(each.value());
            }
        }
    }
    for (const auto& run : runs) {
        for (const auto& scalar : run.detail.scalars) {
            if (is_shown_by_default(scalar.tag)) {
                out.metrics.emplace_back(name_of_scalar(scalar.tag).tag);
            }
        }
    }
    out.metrics.emplace_back("time");
    std::ranges::sort(out.metrics, natural_less);
    out.metrics.erase(std::ranges::unique(out.metrics).begin(), out.metrics.end());
    return out;
}

result<fs::path> make_temporary_directory(const command_context& context) {
    const auto set = context.environment.find("TMPDIR");
    const bool usable = set != context.environment.end() && !set->second.empty();
    std::string path = (fs::path(usable ? set->second : "/tmp") / "guild-tensorboard-XXXXXX");
    if (::mkdtemp(path.data()) == nullptr) {
        return errno_failure(errno, "cannot make " + path);
    }
    return fs::path(path);
}

// ---- TensorBoard

// The words that start the TensorBoard which the person has.
awaitable<result<std::vector<std::string>>> find_tensorboard(command_session& session) {
    if (!find_program("tensorboard", session.context().environment).empty()) {
        co_return std::vector<std::string>{"tensorboard"};
    }
    for (const char* python : {"python3", "python"}) {
        if (find_program(python, session.context().environment).empty()) {
            continue;
        }
        const std::vector<std::string> asking{
            python, "-c",
            "import importlib.util as u, sys; sys.exit(u.find_spec('tensorboard') is None)"};
        const std::string directory = "/"; // nothing of a project takes the place of a module
        const auto answer = co_await run_blocking(
            [asking, directory] { return run_in_foreground(asking, directory); });
        if (answer && *answer == 0) {
            co_return std::vector<std::string>{python, "-m", "tensorboard.main"};
        }
    }
    co_return failure(errc::not_found,
                      "TensorBoard is not installed\nInstall it with 'pip install tensorboard', or "
                      "use --export-scalars to have the scalars without it.");
}

result<std::int64_t> free_port() {
    try {
        asio::io_context context;
        const asio::ip::tcp::acceptor probe(context,
                                            asio::ip::tcp::endpoint(asio::ip::tcp::v4(), 0));
        return probe.local_endpoint().port();
    } catch (const boost::system::system_error& e) {
        return failure(errc::internal, std::string("no port is free: ") + e.what());
    }
}

/// TensorBoard while it runs, and what is done beside it.
class tensorboard_session {
  public:
    tensorboard_session(command_session& session, const tensorboard_command& what,
                        const asio::any_io_executor& executor)
        : session_(session), what_(what), executor_(executor), pause_(executor), tasks_(executor) {}

    /// Keeps the directory as the runs are until TensorBoard ends; gives its exit status.
    awaitable<result<outcome>> run(std::vector<std::string> words, std::string url,
                                   std::function<awaitable<result<>>()> refresh) {
        session_.on_interrupt([this] { stop(); });
        tasks_.spawn("tensorboard", [this, words] { return serve(words); });
        if (!url.empty()) {
            tasks_.spawn("browser", [this, url] { return open_browser(url); });
        }
        while (!ended_) {
            pause_.expires_after(std::chrono::seconds(what_.refresh_seconds));
            const auto [error] = co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
            if (error && !ended_) { // whoever asked is gone
                stop();
                break;
            }
            if (!ended_) {
                // What cannot be seen now may be seen the next time.
                if (auto refreshed = co_await refresh(); !refreshed) {
                    session_.emit(note{.warning = true, .text = refreshed.error().context});
                }
            }
        }
        co_await tasks_.join();
        session_.on_interrupt({});
        if (!status_) {
            co_return status_.error();
        }
        // Ending it is how one leaves it.
        co_return stopped_ ? outcome{} : outcome{*status_};
    }

  private:
    awaitable<void> serve(std::vector<std::string> words) {
        const auto started = [this](int pid) {
            asio::post(executor_, [this, pid] { pid_ = pid; });
        };
        const std::string directory = session_.context().directory;
        status_ = co_await run_blocking(
            [words, directory, started] { return run_in_foreground(words, directory, started); });
        ended_ = true;
        pause_.cancel();
    }

    // Once TensorBoard answers there.
    awaitable<void> open_browser(std::string url) {
        asio::steady_timer look(executor_);
        while (!ended_) {
            asio::ip::tcp::socket probe(executor_);
            const asio::ip::tcp::endpoint here(asio::ip::address_v4::loopback(),
                                               static_cast<unsigned short>(what_.port));
            const auto [error] =
                co_await probe.async_connect(here, asio::as_tuple(asio::use_awaitable));
            if (!error) {
                const std::vector<std::string> words{"xdg-open", url};
                std::ignore = co_await run_blocking(
                    [words] { return run_in_foreground(words, "/"); }); // the person sees it
                co_return;
            }
            look.expires_after(browser_look);
            std::ignore = co_await look.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    // The terminal's own interrupt reaches it as well.
    void stop() {
        stopped_ = true;
        if (pid_ > 0 && !ended_) {
            ::kill(pid_, SIGTERM);
        }
    }

    command_session& session_;
    const tensorboard_command& what_;
    asio::any_io_executor executor_;
    asio::steady_timer pause_;
    task_group tasks_;
    result<int> status_{0};
    pid_t pid_ = 0;
    bool ended_ = false;
    bool stopped_ = false;
};

std::vector<std::string> tensorboard_words(std::vector<std::string> program, const fs::path& root,
                                           const tensorboard_command& what) {
    const std::string host = what.host.empty() ? "0.0.0.0" : what.host;
    for (const auto& [name, value] :
         {std::pair<std::string, std::string>{"--logdir", root.string()},
          {"--host", host},
          {"--port", std::to_string(what.port)},
          {"--reload_interval", std::to_string(what.refresh_seconds)}}) {
        program.push_back(name);
        program.push_back(value);
    }
    for (const auto& option : what.options) {
        const auto equals = option.find('=');
        program.push_back("--" + option.substr(0, equals));
        program.push_back(option.substr(equals + 1));
    }
    return program;
}

// Where a browser would be seen.
bool has_display(const command_context& context) {
    const auto set = [&](const char* name) {
        const auto found = context.environment.find(name);
        return found != context.environment.end() && !found->second.empty();
    };
    return set("DISPLAY") || set("WAYLAND_DISPLAY");
}

awaitable<result<outcome>> show(command_session& session, tensorboard_command what) {
    session.emit(note{.text = "Preparing runs for TensorBoard"});
    shown_runs shown(session, what);
    auto first = co_await shown.look();
    if (!first) {
        co_return first.error();
    }
    std::vector<std::string> program;
    if (!what.test_directory) {
        auto found = co_await find_tensorboard(session);
        if (!found) {
            co_return found.error();
        }
        program = std::move(*found);
    }
    auto root = make_temporary_directory(session.context());
    if (!root) {
        co_return root.error();
    }
    const auto directory = std::make_shared<log_directory>(
        *root, log_directory_style{.images = !what.skip_images, .hparams = !what.skip_hparams});
    auto fill = [&](std::vector<comparable_run> runs) -> awaitable<result<>> {
        std::vector<logged_run> logged;
        for (const auto& each : runs) {
            logged.push_back(logged_run_of(each, what));
        }
        auto experiment = experiment_of(logged, runs);
        co_return co_await run_blocking(
            [directory, logged = std::move(logged), experiment = std::move(experiment)] {
                return directory->refresh(logged, experiment);
            });
    };
    if (auto filled = co_await fill(std::move(*first)); !filled) {
        co_return filled.error();
    }
    if (what.test_directory) {
        session.emit(note{.text = "Initialized log dir " + root->string()});
        co_return outcome{};
    }
    if (what.port == 0) {
        auto port = free_port();
        if (!port) {
            co_return port.error();
        }
        what.port = *port;
    }
    const bool open = !what.no_open && has_display(session.context());
    const std::string url = "http://localhost:" + std::to_string(what.port) + "/" +
                            (what.tab.empty() ? "" : "#" + what.tab);
    auto refresh = [&]() -> awaitable<result<>> {
        auto runs = co_await shown.look();
        co_return runs ? co_await fill(std::move(*runs)) : result<>(runs.error());
    };
    tensorboard_session serving(session, what, co_await asio::this_coro::executor);
    auto ended = co_await serving.run(tensorboard_words(program, *root, what),
                                      open ? url : std::string(), refresh);
    std::error_code unseen; // a directory for temporary files is emptied anyway
    fs::remove_all(*root, unseen);
    co_return ended;
}

} // namespace

awaitable<result<outcome>> perform(command_session& session, tensorboard_command what) {
    if (auto good = check_tensorboard(what); !good) {
        co_return good.error();
    }
    co_return what.export_to ? co_await export_scalars(session, what)
                             : co_await show(session, std::move(what));
}

} // namespace outrider
