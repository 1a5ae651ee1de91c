#include "engine/remotes/link_pool.hpp"

#include "engine/json/described_json.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace outrider {

remote link_part(const remote& to) {
    remote part = to;
    // The agent there is the same one for all of these; each command sends what it wants of them.
    part.description.clear();
    part.venv_path.clear();
    part.venv_activate.clear();
    part.conda_env.clear();
    part.use_prerelease = false;
    part.init.clear();
    part.downloads_here = false;
    for (const char* shared_out : {"slots", "slot-gpus", "gpus-per-trial", "trials-per-gpu"}) {
        part.settings.erase(shared_out);
    }
    return part;
}

std::string link_key(const remote& to) {
    return boost::json::serialize(protocol::to_json(link_part(to)));
}

namespace {

std::vector<const remote_type*> types_of(const std::vector<std::unique_ptr<transport>>& all) {
    std::vector<const remote_type*> types;
    for (const auto& each : all) {
        types.push_back(&each->type());
    }
    return types;
}

} // namespace

link_pool::link_pool(asio::any_io_executor executor,
                     std::vector<std::unique_ptr<transport>> transports)
    : executor_(std::move(executor)), transports_(std::move(transports)),
      types_(types_of(transports_)) {}

result<link*> link_pool::find(const remote& to) {
    auto& slot = links_[link_key(to)];
    if (!slot) {
        const auto over = std::find_if(transports_.begin(), transports_.end(),
                                       [&](const auto& t) { return t->type().name == to.type; });
        if (over == transports_.end()) {
            return failure(errc::unsupported,
                           fmt::format("remote {} has unsupported type: {}", to.name, to.type));
        }
        slot = std::make_unique<link>(executor_, link_part(to), **over,
                                      [this, to = link_part(to)](bool up, const std::string& why) {
                                          if (told_) {
                                              told_(to, up, why);
                                          }
                                      });
    }
    return slot.get();
}

std::vector<std::pair<std::string, bool>> link_pool::states() const {
    std::vector<std::pair<std::string, bool>> out;
    for (const auto& [key, one] : links_) {
        if (one) {
            out.emplace_back(one->to().name, one->up());
        }
    }
    return out;
}

awaitable<void> link_pool::close() {
    for (auto& [key, one] : links_) {
        if (one) {
            co_await one->close();
        }
    }
    links_.clear();
    for (auto& over : transports_) {
        co_await over->close();
    }
}

} // namespace outrider
