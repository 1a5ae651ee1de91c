# Turns openapi.json into a C++ source: a string literal. Sets OPENAPI_SOURCE.
set(description ${CMAKE_CURRENT_LIST_DIR}/openapi.json)
file(READ ${description} content)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${description})

set(text "#include \"transports/http/fact_routes.hpp\"\n\nnamespace outrider {\n\n")
string(APPEND text "std::string_view openapi_text() {\n")
string(APPEND text "    return R\"openapi(" "${content}" ")openapi\";\n}\n\n} // namespace outrider\n")

set(OPENAPI_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/openapi_text.cpp)
set(previous "")
if(EXISTS ${OPENAPI_SOURCE})
    file(READ ${OPENAPI_SOURCE} previous)
endif()
if(NOT previous STREQUAL text)
    file(WRITE ${OPENAPI_SOURCE} "${text}")
endif()
