#pragma once

#include "engine/reactor/awaitable.hpp"
#include "transports/ssh/known_hosts.hpp"
#include "transports/ssh/shared_work.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace outrider::ssh {

/// The known_hosts files, read off the loop and kept until a file changes. Of many who ask first,
/// one reads, for all. Owned by the transport.
class host_key_store {
  public:
    /// All entries of these files that speak of one of the names; files that are not there are
    /// empty. A file that cannot be read is an error: it might hold the key that matters.
    [[nodiscard]] awaitable<result<std::vector<known_host>>> lookup(std::vector<std::string> files,
                                                                    std::vector<std::string> names);

    /// Adds an entry to a file (made with mode 0600, its directory with 0700), unless another
    /// process recorded a key for that name meanwhile: then `conflict`.
    [[nodiscard]] awaitable<result<>> record(known_host entry, bool hash_name);

  private:
    struct contents {
        std::pair<std::int64_t, std::int64_t> stamp; // modification time in ns, size
        std::vector<known_host> entries;
    };
    using cached = std::map<std::string, std::shared_ptr<const contents>>;
    struct answer {
        cached files;
        std::vector<known_host> entries;
        failure problem;
    };
    static answer search(cached known, const std::vector<std::string>& files,
                         const std::vector<std::string>& names);
    [[nodiscard]] awaitable<result<std::vector<known_host>>>
    search_off_loop(std::vector<std::string> files, std::vector<std::string> names);

    cached files_;                                                  // null: it was not there
    std::map<std::vector<std::string>, shared_work<bool>> reading_; // by the files
};

} // namespace outrider::ssh
