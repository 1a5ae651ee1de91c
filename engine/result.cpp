#include "engine/result.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace outrider {
namespace {

class category final : public boost::system::error_category {
  public:
    const char* name() const noexcept override { return "outrider"; }
    std::string message(int value) const override {
        static constexpr std::array texts{"success",
                                          "bad input",
                                          "not found",
                                          "ambiguous",
                                          "aborted",
                                          "cancelled",
                                          "name lookup failed",
                                          "connection failed",
                                          "timed out",
                                          "authentication failed",
                                          "unknown host key",
                                          "changed host key",
                                          "unsupported",
                                          "agent unusable",
                                          "protocol violation",
                                          "no space left",
                                          "permission denied",
                                          "input/output failed",
                                          "conflict",
                                          "start failed",
                                          "internal error"};
        const auto index = static_cast<std::size_t>(value);
        return index < texts.size() ? texts[index] : "unknown error";
    }
};

} // namespace

const boost::system::error_category& outrider_category() noexcept {
    static const category instance;
    return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), outrider_category()};
}

errc failure::kind() const noexcept {
    return code.category() == outrider_category() ? static_cast<errc>(code.value())
                                                  : errc::io_failed;
}

void throw_exception_from_error(const failure& what, const boost::source_location&) {
    throw std::logic_error("value of a failed result: " + what.context);
}

failure errno_failure(int error_number, std::string what) {
    errc kind = errc::io_failed;
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
        kind = errc::no_space;
        break;
    case EACCES:
    case EPERM:
    case EROFS:
        kind = errc::permission_denied;
        break;
    case ENOENT:
        kind = errc::not_found;
        break;
    default:
        break;
    }
    return {kind, std::move(what) + ": " + std::strerror(error_number)};
}

} // namespace outrider
