#include "engine/protocol/content_hash.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

BOOST_AUTO_TEST_CASE(a_content_hash_is_the_canonical_xxh3_128_of_its_pieces) {
    // Known values of the algorithm (xxhsum -H2).
    BOOST_TEST(protocol::hash_of("") == "99aa06d3014798d86001c324468d497f");
    protocol::content_hash pieces;
    const std::string text(300'000, 'x');
    for (std::size_t at = 0; at < text.size(); at += 777) {
        pieces.update(std::string_view(text).substr(at, 777));
    }
    BOOST_TEST(pieces.hex() == protocol::hash_of(text));
    pieces.reset();
    BOOST_TEST(pieces.hex() == protocol::hash_of(""));
    BOOST_TEST(protocol::hash_of_file("/does/not/exist").has_error());
}
