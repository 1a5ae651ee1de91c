// One entry point as a libFuzzer target; OUTRIDER_FUZZ_ENTRY names it.
#include "tests/fuzz/entry_points.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    outrider::fuzz::OUTRIDER_FUZZ_ENTRY({reinterpret_cast<const char*>(data), size});
    return 0;
}
