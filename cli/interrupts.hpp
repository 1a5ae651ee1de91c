#pragma once

#include <functional>
#include <thread>

namespace outrider::cli {

/// Hears the signals by which a person or the system ends the program (SIGINT, SIGTERM, SIGHUP),
/// and reports each on a thread of its own with its number and how many came so far. SIGPIPE does
/// nothing, so that a failed write is seen where it happens. At most one lives at a time; child
/// processes inherit nothing of it.
class interrupts {
  public:
    using listener = std::function<void(int signal, int count)>;

    explicit interrupts(listener heard);
    interrupts(const interrupts&) = delete;
    interrupts& operator=(const interrupts&) = delete;
    ~interrupts();

  private:
    void listen(int descriptor);

    listener heard_;
    int read_end_ = -1;
    std::thread thread_;
};

} // namespace outrider::cli
