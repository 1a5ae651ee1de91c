#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

/// The bytes of the index files, which are read by the machine that wrote them: values as they are
/// in memory, texts behind their length (32 bit).
namespace outrider::agent {

template <class Value>
void add_value(std::string& out, const Value& value) {
    static_assert(std::is_trivially_copyable_v<Value>);
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

inline void add_text(std::string& out, std::string_view text) {
    add_value(out, static_cast<std::uint32_t>(text.size()));
    out.append(text);
}

/// Takes values and texts from the left; once something is missing everything reads as nothing.
/// Texts are views into what it was made of.
class index_reader {
  public:
    explicit index_reader(std::string_view rest) : rest_(rest) {}

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    template <class Value>
    [[nodiscard]] Value value() {
        static_assert(std::is_trivially_copyable_v<Value>);
        Value out{};
        if (const auto bytes = take(sizeof out); bytes.size() == sizeof out) {
            std::memcpy(&out, bytes.data(), sizeof out);
        }
        return out;
    }
    [[nodiscard]] std::string_view text() { return take(value<std::uint32_t>()); }

  private:
    std::string_view take(std::size_t count) {
        good_ = good_ && count <= rest_.size();
        if (!good_) {
            return {};
        }
        const auto out = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return out;
    }

    std::string_view rest_;
    bool good_ = true;
};

} // namespace outrider::agent
