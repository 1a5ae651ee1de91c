// A step of the build: writes the C++ file that carries the compressed agents.
//
//     embed_agents OUT.cpp {ARCHITECTURE EXECUTABLE EXECUTABLE.gz}…

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

std::string content(const char* path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    if (!in || out.str().empty()) {
        std::cerr << "embed_agents: cannot read " << path << "\n";
        std::exit(1);
    }
    return out.str();
}

std::string hash_of(const std::string& bytes) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
    std::string out;
    for (const unsigned char byte : canonical.digest) {
        char hex[3];
        std::snprintf(hex, sizeof hex, "%02x", byte);
        out += hex;
    }
    return out;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 5 || argc % 3 != 2) {
        std::cerr << "usage: embed_agents OUT.cpp {ARCHITECTURE EXECUTABLE EXECUTABLE.gz}...\n";
        return 2;
    }
    std::ostringstream declarations;
    std::ostringstream rows;
    for (int at = 2; at < argc; at += 3) {
        const std::string symbol = std::string("outrider_agent_") + argv[at];
        const auto raw = content(argv[at + 1]);
        declarations << "asm(R\"(.pushsection .rodata\n.global " << symbol << "\n"
                     << symbol << ":\n.incbin \"" << argv[at + 2] << "\"\n.popsection)\");\n"
                     << "extern \"C\" const char " << symbol << "[];\n";
        rows << "        {\"" << argv[at] << "\", \"" << hash_of(raw) << "\", " << raw.size()
             << ", {" << symbol << ", " << content(argv[at + 2]).size() << "}},\n";
    }
    std::ofstream out(argv[1]);
    out << "// Written by embed_agents.\n#include \"engine/remotes/agent_images.hpp\"\n\n"
        << declarations.str()
        << "\nnamespace outrider {\n\nstd::span<const agent_image> agent_images() {\n"
        << "    static const agent_image images[] = {\n"
        << rows.str() << "    };\n    return images;\n}\n\n} // namespace outrider\n";
    out.close();
    return out ? 0 : 1;
}
