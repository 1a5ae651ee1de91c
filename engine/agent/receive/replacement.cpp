#include "engine/agent/receive/replacement.hpp"

#include "engine/agent/receive/incoming_names.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace outrider::agent {

result<> replace_directory(int incoming, const std::string& temporary, int parent,
                           const char* name) {
    // Out of its parent it can only be moved by who may write into it.
    ::fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW);
    if (::renameat2(incoming, temporary.c_str(), parent, name, RENAME_EXCHANGE) == 0) {
        return {}; // the directory goes with all that is left in `incoming`
    }
    const auto aside = incoming_name();
    if (::renameat(parent, name, incoming, aside.c_str()) != 0 ||
        ::renameat(incoming, temporary.c_str(), parent, name) != 0) {
        return errno_failure(errno, "replace directory " + std::string(name));
    }
    return {};
}

result<> replace_by_directory(int incoming, int parent, const char* name) {
    const auto temporary = incoming_name();
    if (::mkdirat(incoming, temporary.c_str(), 0700) != 0) {
        return errno_failure(errno, "make directory " + std::string(name));
    }
    if (::renameat2(incoming, temporary.c_str(), parent, name, RENAME_EXCHANGE) == 0) {
        ::unlinkat(incoming, temporary.c_str(), 0);
        return {};
    }
    if (::unlinkat(parent, name, 0) != 0 ||
        ::renameat(incoming, temporary.c_str(), parent, name) != 0) {
        const int why = errno;
        ::unlinkat(incoming, temporary.c_str(), AT_REMOVEDIR);
        return errno_failure(why, "replace " + std::string(name));
    }
    return {};
}

} // namespace outrider::agent
