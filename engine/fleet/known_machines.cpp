#include "engine/fleet/known_machines.hpp"

#include "engine/fleet/run_rows.hpp"

namespace outrider {
namespace {

void publish_changes(news_hub& hub, const machine_memory& machine,
                     const std::vector<memory_change>& changes) {
    for (const auto& each : changes) {
        hub.publish(
            run_news{.remote = machine.remote, .change = each.what, .run = row_of(each.run)});
    }
}

} // namespace

known_machines::known_machines(const asio::any_io_executor& executor, news_hub& news,
                               std::chrono::milliseconds idle_limit)
    : memory(
          [this, &news](const machine_memory& machine, const std::vector<memory_change>& changes) {
              publish_changes(news, machine, changes);
              if (told_) {
                  told_(machine);
              }
          }),
      watches(executor, memory, idle_limit) {}

awaitable<void> known_machines::close() {
    co_await watches.close();
    // A watch that was cancelled leaves behind what nobody keeps true any more.
    while (!memory.machines().empty()) {
        memory.forget(std::string(memory.machines().begin()->first));
    }
}

} // namespace outrider
