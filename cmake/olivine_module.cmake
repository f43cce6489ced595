# olivine_module(NAME DEPS ... PRIVATE_DEPS ...)
#
# One folder of src/ = one static library olivine_NAME made of its *.cc (sub-folders too), and, with tests on, one test
# program olivine_NAME_test made of its *_test.cc. The link edges repeat the layer table, so that an illegal include
# also fails to link.

add_library(olivine_warnings INTERFACE)
target_compile_options(olivine_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # std::stable_sort of libstdc++ 12 uses std::get_temporary_buffer, which C++17 deprecates; g++ still reports ours.
  target_compile_options(olivine_warnings INTERFACE -Wno-deprecated-declarations)
endif()
if(OLIVINE_SANITIZE)
  add_compile_options(-fsanitize=${OLIVINE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OLIVINE_SANITIZE})
endif()

function(olivine_module name)
  cmake_parse_arguments(ARG "" "" "DEPS;PRIVATE_DEPS" ${ARGN})
  set(root ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${root}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(sources)
    add_library(olivine_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(olivine_${name} PRIVATE olivine_warnings ${ARG_PRIVATE_DEPS})
  else()
    add_library(olivine_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(olivine_${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(olivine_${name} ${scope} ${ARG_DEPS})
  if(OLIVINE_BUILD_TESTS AND tests)
    olivine_test(olivine_${name}_test SOURCES ${tests} DEPS olivine_${name} olivine_testing)
  endif()
endfunction()

# olivine_test(NAME SOURCES ... DEPS ...): a GoogleTest program whose cases are ctest tests.
function(olivine_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE olivine_warnings ${ARG_DEPS} nlohmann_json::nlohmann_json rapidcheck GTest::gtest
                        GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE OLIVINE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 300 LABELS "${ARG_LABELS}")
endfunction()

# olivine_fuzzer(NAME SOURCES ... DEPS ... SEEDS DIR): a libFuzzer program in build/fuzz/fuzzers, with a folder of inputs
# to begin from. The target `fuzzers` builds them all; tools/run_fuzzers.py runs every program it finds there.
function(olivine_fuzzer name)
  cmake_parse_arguments(ARG "" "SEEDS" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE olivine_warnings ${ARG_DEPS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  if(NOT TARGET fuzzers)
    add_custom_target(fuzzers)
  endif()
  add_dependencies(fuzzers ${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers EXCLUDE_FROM_ALL ON)
  if(ARG_SEEDS)
    file(WRITE ${CMAKE_BINARY_DIR}/fuzzers/${name}.seeds "${ARG_SEEDS}\n")
  endif()
endfunction()
