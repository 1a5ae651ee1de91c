#include "transports/http/http_reply.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace outrider {
namespace {

failure broken(const char* what) {
    return {errc::protocol_violation, std::string("the service answers no HTTP: ") + what};
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(
        out, out.begin(), [](unsigned char each) { return static_cast<char>(std::tolower(each)); });
    return out;
}

} // namespace

result<> http_reply::feed(std::string_view bytes,
                          const std::function<void(std::string_view)>& body) {
    while (!bytes.empty() && part_ != part::end) {
        if (part_ == part::body || part_ == part::chunk) {
            const auto piece = bytes.substr(0, left_);
            body(piece);
            left_ -= piece.size();
            bytes.remove_prefix(piece.size());
            if (left_ == 0) {
                part_ = part_ == part::body ? part::end : part::chunk_end;
            }
            continue;
        }
        const auto line_end = std::min(bytes.find('\n'), bytes.size());
        line_ += bytes.substr(0, line_end);
        if (line_.size() > longest_line) {
            return broken("a line is too long");
        }
        if (line_end == bytes.size()) {
            return {};
        }
        bytes.remove_prefix(line_end + 1);
        if (!line_.ends_with('\r')) {
            return broken("a line ends without a carriage return");
        }
        line_.pop_back();
        if (auto taken = take_line(line_); !taken) {
            return taken;
        }
        line_.clear();
    }
    return {};
}

result<> http_reply::take_line(std::string_view line) {
    constexpr std::string_view version = "HTTP/1.1 ";
    constexpr std::string_view length = "content-length: ";
    switch (part_) {
    case part::status:
        if (!line.starts_with(version) ||
            std::from_chars(line.data() + version.size(), line.data() + line.size(), status_).ec !=
                std::errc()) {
            return broken("it begins with no status");
        }
        part_ = part::headers;
        return {};
    case part::headers:
        if (line.empty()) {
            part_ = chunked_ ? part::chunk_size : left_ > 0 ? part::body : part::end;
        } else if (const auto text = lower(line); text.starts_with(length)) {
            return take_size(std::string_view(text).substr(length.size()), 10, part::headers);
        } else if (text == "transfer-encoding: chunked") {
            chunked_ = true;
        }
        return {};
    case part::chunk_size:
        if (auto taken = take_size(line, 16, part::chunk); !taken) {
            return taken;
        }
        part_ = left_ == 0 ? part::trailers : part::chunk;
        return {};
    case part::chunk_end:
        part_ = part::chunk_size;
        return line.empty() ? result<>() : broken("a chunk does not end");
    case part::trailers:
        part_ = line.empty() ? part::end : part::trailers;
        return {};
    case part::body:
    case part::chunk:
    case part::end:
        break;
    }
    return {};
}

result<> http_reply::take_size(std::string_view digits, int base, part then) {
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), left_, base);
    if (error != std::errc() || end != digits.data() + digits.size()) {
        return broken("a size is no number");
    }
    part_ = then;
    return {};
}

} // namespace outrider
