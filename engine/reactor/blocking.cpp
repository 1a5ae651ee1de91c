#include "engine/reactor/blocking.hpp"

namespace outrider {

asio::thread_pool& blocking_pool() {
    static asio::thread_pool pool(4);
    return pool;
}

} // namespace outrider
