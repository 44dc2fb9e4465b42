# Files that the binary carries with it, as generated C++ arrays: migrations and the description of the API.
file(GLOB_RECURSE migration_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/migrations/*.sql)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(generated ${CMAKE_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${generated}/migrations)
add_custom_command(
    OUTPUT ${generated}/migrations/migrations.cpp
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/cmake/embed_migrations.py
            ${CMAKE_SOURCE_DIR}/migrations ${generated}/migrations/migrations.cpp
    DEPENDS ${migration_files} ${CMAKE_SOURCE_DIR}/cmake/embed_migrations.py
    VERBATIM)
add_library(outlay_migrations STATIC ${generated}/migrations/migrations.cpp)
target_link_libraries(outlay_migrations PUBLIC outlay_options)

# The description of the API, as YAML, JSON and a page.
set(openapi_file ${CMAKE_SOURCE_DIR}/docs/openapi.yaml)
set(problems_file ${CMAKE_SOURCE_DIR}/docs/problems.md)
if(NOT EXISTS ${openapi_file})
    message(FATAL_ERROR "docs/openapi.yaml is missing: the binary serves it")
endif()
execute_process(COMMAND ${Python3_EXECUTABLE} -c "import yaml" RESULT_VARIABLE no_yaml ERROR_QUIET)
if(no_yaml)
    message(FATAL_ERROR "Python's yaml module is missing (package python3-yaml): it turns docs/openapi.yaml into JSON")
endif()
file(MAKE_DIRECTORY ${generated}/api)
add_custom_command(
    OUTPUT ${generated}/api/documents.cpp
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/cmake/embed_documents.py
            ${openapi_file} ${problems_file} ${generated}/api/documents.cpp
    DEPENDS ${openapi_file} ${problems_file} ${CMAKE_SOURCE_DIR}/cmake/embed_documents.py
    VERBATIM)
add_library(outlay_openapi STATIC ${generated}/api/documents.cpp)
target_link_libraries(outlay_openapi PUBLIC outlay_options)
