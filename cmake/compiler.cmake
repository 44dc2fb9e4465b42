# Warnings, hardening and sanitizers, shared by every target through outlay_options.
add_library(outlay_options INTERFACE)
target_include_directories(outlay_options INTERFACE
    ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_options(outlay_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Wimplicit-fallthrough -fstack-protector-strong)
target_compile_definitions(outlay_options INTERFACE _GLIBCXX_ASSERTIONS)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # With optimisation GCC 12 to 14 warn wrongly about strings inside std::variant (GCC bug 105562 and kin).
    target_compile_options(outlay_options INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds
        -Wno-stringop-overread -Wno-stringop-overflow)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
    target_compile_definitions(outlay_options INTERFACE _FORTIFY_SOURCE=2)
    target_link_options(outlay_options INTERFACE -Wl,-z,relro,-z,now)
endif()

if(OUTLAY_SANITIZE STREQUAL "asan")
    target_compile_options(outlay_options INTERFACE
        -fsanitize=address,undefined -fno-omit-frame-pointer)
    target_link_options(outlay_options INTERFACE -fsanitize=address,undefined)
elseif(OUTLAY_SANITIZE STREQUAL "tsan")
    target_compile_options(outlay_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
    target_link_options(outlay_options INTERFACE -fsanitize=thread)
elseif(OUTLAY_SANITIZE STREQUAL "fuzz")
    # Coverage for libFuzzer; the fuzzers themselves add its main.
    target_compile_options(outlay_options INTERFACE
        -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    target_link_options(outlay_options INTERFACE -fsanitize=address,undefined)
endif()

# Optimising instrumented glue takes most of the time of a sanitizer's build and saves little of its run.
function(outlay_compile_fast name)
    if(OUTLAY_SANITIZE STREQUAL "asan" OR OUTLAY_SANITIZE STREQUAL "tsan")
        target_compile_options(${name} PRIVATE -O0)
    endif()
endfunction()

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
