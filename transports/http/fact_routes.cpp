#include "transports/http/fact_routes.hpp"

#include "engine/api/api_json.hpp"
#include "engine/core/wall_clock.hpp"
#include "engine/json/described_json.hpp"
#include "transports/http/build_identity.hpp"

#include <boost/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include <unistd.h>

namespace outrider {
namespace {

namespace json = boost::json;

double seconds(std::chrono::microseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// The text format of Prometheus, version 0.0.4.
class metrics_text {
  public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        name_ = name;
        text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
    }
    // Label values here are names of ours: nothing in them needs an escape.
    void sample(double value, std::string_view labels = {}) {
        text += labels.empty() ? fmt::format("{} {}\n", name_, value)
                               : fmt::format("{}{{{}}} {}\n", name_, labels, value);
    }
    void one(std::string_view name, std::string_view type, std::string_view help, double value) {
        family(name, type, help);
        sample(value);
    }

    std::string text;

  private:
    std::string_view name_;
};

void add_commands(metrics_text& out, const server_state& state) {
    out.family("outrider_commands_total", "counter", "Commands of clients that have ended.");
    for (const auto& [kind, count] : state.ended) {
        out.sample(static_cast<double>(count),
                   fmt::format("command=\"{}\",outcome=\"{}\"", kind.first, kind.second));
    }
    out.one("outrider_commands_active", "gauge", "Commands of clients that go on.",
            static_cast<double>(state.commands.size()));
    std::int64_t output = state.output_sent;
    for (const auto& [id, one] : state.commands) {
        output += one->output_told();
    }
    out.one("outrider_output_bytes_total", "counter", "Bytes of output of runs and of files.",
            static_cast<double>(output));
}

std::int64_t links_up(const engine_resources& with) {
    return std::ranges::count_if(with.links.states(), [](const auto& each) { return each.second; });
}

void add_links_and_news(metrics_text& out, const engine_resources& with) {
    const auto number = [](auto value) { return static_cast<double>(value); };
    out.one("outrider_links_up", "gauge", "Machines whose link is up.", number(links_up(with)));
    out.one("outrider_machines_known", "gauge", "Machines that were asked for.",
            number(with.links.states().size()));
    out.one("outrider_links_lost_total", "counter", "Links that were lost, or could not be made.",
            number(with.links_lost));
    out.one("outrider_subscribers", "gauge", "Subscribers of news.",
            number(with.news.subscribers()));
    out.one("outrider_news_total", "counter", "News that were told.",
            number(with.news.published()));
    out.one("outrider_news_missed_total", "counter", "News dropped for slow subscribers.",
            number(with.news.missed()));
}

void add_memory(metrics_text& out, const engine_resources& with) {
    if (with.jobs == nullptr) {
        return;
    }
    const auto& machines = with.machines->memory.machines();
    std::size_t runs = 0;
    for (const auto& [key, machine] : machines) {
        runs += machine.runs.size();
    }
    const auto watched =
        std::ranges::count_if(machines, [](const auto& each) { return each.second.watched; });
    out.one("outrider_machines_watched", "gauge", "Machines whose changes are told as they happen.",
            static_cast<double>(watched));
    out.one("outrider_runs_remembered", "gauge", "Runs that are known without asking.",
            static_cast<double>(runs));
    out.one("outrider_standing_jobs", "gauge", "Jobs that survive a restart of the service.",
            static_cast<double>(with.jobs->list().size()));
}

json::array links_of(const engine_resources& with) {
    json::array out;
    for (const auto& [remote, up] : with.links.states()) {
        out.push_back(json::object{{"remote", remote}, {"up", up}});
    }
    return out;
}

void add_lateness(metrics_text& out, const lateness_summary& late) {
    out.family("outrider_reactor_lateness_seconds", "gauge",
               "How late timers of the engine fire, over the last minute.");
    out.sample(seconds(late.p50), "quantile=\"0.5\"");
    out.sample(seconds(late.p99), "quantile=\"0.99\"");
    out.sample(seconds(late.max), "quantile=\"1\"");
}

} // namespace

http_answer say_healthy(const server_state&, const route_call&) {
    return {.body = "ok\n", .type = "text/plain; charset=utf-8"};
}

http_answer describe_api(const server_state&, const route_call&) {
    return {.body = std::string(openapi_text())};
}

http_answer describe_service(const server_state& state, const route_call&) {
    return json_answer({{"pid", ::getpid()},
                        {"version", program_version()},
                        {"build", build_identity()},
                        {"since_us", state.begun_us},
                        {"stopping", state.stopping},
                        {"address", state.port_check ? json::value(state.port_check->address())
                                                     : json::value(nullptr)},
                        {"commands", state.commands.size()},
                        {"links_up", links_up(state.with)},
                        {"links_known", state.with.links.states().size()},
                        {"remotes", links_of(state.with)}});
}

http_answer stop_service(server_state& state, const route_call& call) {
    const auto& body = call.asked.body;
    std::int64_t timeout = 10;
    if (!body.empty()) {
        const auto parsed = parse_api_json(body);
        const auto* object = parsed ? parsed->if_object() : nullptr;
        const auto* given = object != nullptr ? object->if_contains("timeout_seconds") : nullptr;
        constexpr std::int64_t day = 86400;
        if (object == nullptr || (given != nullptr && (!protocol::from_json(*given, timeout) ||
                                                       timeout < 0 || timeout > day))) {
            return error_answer(400, "bad_input", "this is not {\"timeout_seconds\": N}");
        }
    }
    state.stop(std::chrono::seconds(timeout));
    return json_answer(json::object{{"stopping", true}}, 202);
}

http_answer tell_metrics(const server_state& state, const route_call&) {
    metrics_text out;
    out.family("outrider_build_info", "gauge", "The version and build of the service.");
    out.sample(1, fmt::format("version=\"{}\",build=\"{}\"", program_version(), build_identity()));
    out.one("outrider_uptime_seconds", "gauge", "Since the service began.",
            seconds(std::chrono::microseconds(wall_clock_us() - state.begun_us)));
    add_commands(out, state);
    add_links_and_news(out, state.with);
    add_memory(out, state.with);
    add_lateness(out, state.lateness.summary(std::chrono::steady_clock::now()));
    return {.body = std::move(out.text), .type = "text/plain; version=0.0.4; charset=utf-8"};
}

} // namespace outrider
