# The simulation twice: with the product as it is, and with copies of some sources in which bugs are
# planted. Objects win over archives, so the copies stand instead of the originals.
set(simulation ${CMAKE_CURRENT_SOURCE_DIR}/simulation)
file(GLOB simulation_sources CONFIGURE_DEPENDS ${simulation}/*.cpp)
list(FILTER simulation_sources EXCLUDE REGEX "(_test|quiet_log)\\.cpp$")
add_library(outlay_simulation STATIC ${simulation_sources})
target_link_libraries(outlay_simulation PUBLIC outlay_domain outlay_journal outlay_workers
    outlay_migrations outlay_platform_zones outlay_platform_sqlite)
if(OUTLAY_PCH)
    target_precompile_headers(outlay_simulation PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp)
endif()

set(planted ${CMAKE_BINARY_DIR}/generated/planted)
set(planting ${CMAKE_CURRENT_SOURCE_DIR}/planted_bugs/planted_bugs.py)
set(planted_sources domain/expense/state.cpp journal/admission.cpp journal/outcomes.cpp journal/snapshot.cpp
    journal/submission.cpp journal/submit.cpp workers/checkpoint.cpp workers/folding.cpp
    workers/frozen_watch.cpp workers/generation_writer.cpp workers/generations.cpp
    views/postings.cpp workers/projections/refunds.cpp workers/rebuild.cpp)
set(planted_copies ${planted_sources})
list(TRANSFORM planted_copies PREPEND ${planted}/)
set(planted_originals ${planted_sources})
list(TRANSFORM planted_originals PREPEND ${CMAKE_SOURCE_DIR}/)
add_custom_command(
    OUTPUT ${planted_copies} ${planted}/names.cpp
    COMMAND Python3::Interpreter ${planting} ${CMAKE_SOURCE_DIR} ${planted}
    DEPENDS ${planting} ${planted_originals}
    VERBATIM)

outlay_tests(planted_bugs outlay_simulation)
target_sources(test_planted_bugs PRIVATE ${planted_copies} ${planted}/names.cpp
    ${simulation}/quiet_log.cpp)
file(GLOB simulation_tests CONFIGURE_DEPENDS ${simulation}/*_test.cpp)
add_executable(test_simulation ${simulation_tests} ${simulation}/quiet_log.cpp)
target_link_libraries(test_simulation PRIVATE outlay_simulation GTest::gtest GTest::gtest_main)
