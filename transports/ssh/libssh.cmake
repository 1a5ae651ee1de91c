# libssh as a static library of which a few calls of the system are led to read_ahead.cpp: gives the
# target outrider_libssh. Nothing else of it is changed.
find_library(OUTRIDER_LIBSSH_ARCHIVE libssh.a REQUIRED)
set(archive ${CMAKE_CURRENT_BINARY_DIR}/liboutrider_libssh.a)
add_custom_command(
    OUTPUT ${archive}
    COMMAND ${CMAKE_OBJCOPY} --redefine-sym recv=outrider_libssh_recv
            --redefine-sym poll=outrider_libssh_poll --redefine-sym memcpy=outrider_libssh_memcpy
            ${OUTRIDER_LIBSSH_ARCHIVE} ${archive}
    DEPENDS ${OUTRIDER_LIBSSH_ARCHIVE}
    VERBATIM)
add_custom_target(outrider_libssh_archive DEPENDS ${archive})
add_library(outrider_libssh INTERFACE)
add_dependencies(outrider_libssh outrider_libssh_archive)
target_include_directories(outrider_libssh SYSTEM INTERFACE ${LIBSSH_INCLUDE_DIRS})
target_link_libraries(outrider_libssh INTERFACE ${archive} OpenSSL::Crypto ZLIB::ZLIB
                                                PkgConfig::GSSAPI)
