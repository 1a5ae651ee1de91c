#include "engine/agent/start/package_copies.hpp"

#include "engine/agent/start/run_sources.hpp"

namespace outrider::agent {

result<bool> package_copies::step(const agent_context& context, clock::time_point deadline) {
    if (left_.empty()) {
        return true;
    }
    if (!copy_) {
        const auto& [package, directory] = left_.back();
        const auto files = package_files(context.machine.cache_directory, package);
        if (!files) {
            return files.error();
        }
        auto begun = tree_copy::begin(*files, directory);
        if (!begun) {
            return begun.error();
        }
        copy_ = std::move(*begun);
    }
    auto copied = copy_->step(deadline);
    if (!copied) {
        return copied.error();
    }
    if (*copied) {
        copy_.reset();
        left_.pop_back();
    }
    return left_.empty();
}

} // namespace outrider::agent
