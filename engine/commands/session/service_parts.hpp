#pragma once

namespace outrider {

class machine_watches;
class run_memory;
class standing_jobs;

/// What commands find in an engine that is a service.
struct service_parts {
    run_memory& memory;
    machine_watches& watches;
    standing_jobs& jobs;
};

} // namespace outrider
