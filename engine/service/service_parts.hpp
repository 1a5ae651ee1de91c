#pragma once

namespace outrider {

class machine_watches;
class news_hub;
class run_memory;
class standing_jobs;

/// What commands find in an engine that is a service.
struct service_parts {
    run_memory& memory;
    machine_watches& watches;
    news_hub& news;
    standing_jobs& jobs;
};

} // namespace outrider
