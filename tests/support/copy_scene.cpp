#include "tests/support/copy_scene.hpp"

#include "transports/local/local_transport.hpp"
#include "transports/ssh/ssh_remote.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>

namespace outrider::testing {
namespace {

namespace fs = std::filesystem;

struct event_taker {
    copy_outcome& out;

    void operator()(const copy_summary& what) const { out.summary = what; }
    void operator()(const run_copied& what) const { out.runs.push_back(what); }
    void operator()(const note& what) const { out.notes.push_back(what.text); }
    void operator()(const runs_listed& what) const { out.rows = what.rows; }
    void operator()(const command_ended& what) const { out.error = what.error; }
    template <class Other>
    void operator()(const Other&) const {}
};

} // namespace

std::string copy_outcome::told() const {
    std::string text = error ? "failed: " + error->context : "succeeded";
    for (const auto& note : notes) {
        text += "\n" + note;
    }
    return text;
}

copy_scene::copy_scene(remote_place where) {
    spdlog::set_level(spdlog::level::warn); // hundreds of engines connect in a test
    for (const auto& each : {near_home() + "/runs", far_home() + "/runs", place_ / "user"}) {
        fs::create_directories(each);
    }
    const std::string type = where == remote_place::here ? "local" : "ssh\n    host: gpu1";
    place_.write("config.yml",
                 "remotes:\n  gpu1:\n    type: " + type + "\n    guild-home: " + far_home() + "\n");
}

copy_outcome copy_scene::perform(command what) {
    copy_outcome out;
    command_context context;
    context.directory = place_.path();
    context.assume_yes = true;
    context.environment = {{"HOME", place_ / "user"},
                           {"GUILD_HOME", near_home()},
                           {"GUILD_CONFIG", place_ / "config.yml"},
                           {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    std::vector<std::unique_ptr<transport>> transports;
    for (const auto* type : {&local_remote_type(), &ssh_remote_type()}) {
        transports.push_back(make_tapped_transport(tap, *type));
    }
    engine one(std::move(transports));
    const auto submitted =
        one.submit(std::move(what), std::move(context),
                   {.tell = [&out](const event& said,
                                   const std::string&) { std::visit(event_taker{out}, said); },
                    .ask = [](const question&, answer_taker give) { give(std::nullopt); }});
    if (!submitted) {
        out.error = submitted.error();
        return out;
    }
    if (running) {
        running(&one);
    }
    one.run();
    if (running) {
        running(nullptr);
    }
    return out;
}

copy_outcome copy_scene::pull(pull_command what) {
    what.remote = remote_name;
    return perform(std::move(what));
}

copy_outcome copy_scene::push(push_command what) {
    what.remote = remote_name;
    return perform(std::move(what));
}

std::optional<run_row> copy_scene::near_row(const std::string& id) {
    const auto tapped = std::exchange(tap, {});
    const auto listed = perform(list_command{.limit = 0});
    tap = tapped;
    for (const auto& row : listed.rows) {
        if (row.id == id) {
            return row;
        }
    }
    return std::nullopt;
}

std::string copy_scene::make_run(char digit) const {
    const std::string id(32, digit);
    write_run_files(far_run(id), id, 0);
    return id;
}

void write_run_files(const std::string& run, const std::string& id,
                     std::optional<int> exit_status) {
    const std::string guild = run + "/.guild/";
    fs::create_directories(guild + "attrs");
    const auto write = [&](const std::string& name, const std::string& text) {
        write_file(guild + name, text, 0644);
    };
    write("opref", "guildfile:/p/guild.yml 1 '' op");
    write("attrs/id", id + "\n");
    write("attrs/initialized", "1700000000000000\n");
    write("attrs/started", "1700000000000001\n");
    write("output", "hello\n");
    if (exit_status) {
        write("attrs/stopped", "1700000009000001\n");
        write("attrs/exit_status", std::to_string(*exit_status) + "\n");
    }
}

std::vector<std::string> partials_in(const std::string& run) {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry :
         fs::recursive_directory_iterator(run + "/.guild/outrider/incoming", none)) {
        names.push_back(entry.path().filename());
    }
    return names;
}

} // namespace outrider::testing
