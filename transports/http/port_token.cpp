#include "transports/http/port_token.hpp"

#include "engine/core/descriptor.hpp"
#include "transports/http/secret.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace outrider {

result<std::string> write_port_token(const std::string& path) {
    auto token = new_secret();
    if (!token) {
        return token.error();
    }
    ::unlink(path.c_str()); // one of an earlier service, whoever may read that
    const descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    const auto text = *token + "\n";
    if (!file ||
        ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return errno_failure(errno, path);
    }
    return token;
}

} // namespace outrider
