# How every library, program and test of the project is built.  One folder is one library; the
# sources of a folder are found by pattern, so that adding a file needs no change here.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)

add_library(pbx_flags INTERFACE)
target_include_directories(pbx_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(pbx_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wno-missing-field-initializers -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees these where there are none, in std::string of optimised builds (GCC bugs 105329,
  # 105651 and their kin); AddressSanitizer finds the real ones.
  target_compile_options(pbx_flags INTERFACE
    -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-maybe-uninitialized)
endif()
target_link_libraries(pbx_flags INTERFACE Threads::Threads fmt::fmt)
if(PBX_SANITIZE)
  target_compile_options(pbx_flags INTERFACE -fsanitize=${PBX_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(pbx_flags INTERFACE -fsanitize=${PBX_SANITIZE})
endif()
if(PBX_FUZZ)
  target_compile_options(pbx_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# One precompiled header for the whole tree: it halves the build on two cores.
function(pbx_use_pch target)
  if(target STREQUAL "pbx_core_base")
    target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
  else()
    target_precompile_headers(${target} REUSE_FROM pbx_core_base)
  endif()
endfunction()

# pbx_library(NAME [LINK lib ...]): the library pbx_NAME from all *.cc of the current folder.
function(pbx_library name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(pbx_${name} STATIC ${sources})
  target_link_libraries(pbx_${name} PUBLIC pbx_flags ${ARG_LINK})
  pbx_use_pch(pbx_${name})
endfunction()

# pbx_program(NAME SOURCES ... LINK ...)
function(pbx_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE pbx_flags ${ARG_LINK})
  pbx_use_pch(${name})
endfunction()

# pbx_test(NAME [DIR folder] LINK ...): a doctest program from all *.cc of DIR (default: the
# current folder).  tools/test.sh runs every program that is listed here by ctest.
function(pbx_test name)
  cmake_parse_arguments(ARG "" "DIR" "LINK" ${ARGN})
  if(NOT ARG_DIR)
    set(ARG_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${ARG_DIR}/*.cc)
  add_executable(${name} ${sources} ${CMAKE_SOURCE_DIR}/tests/support/doctest_main.cc)
  target_link_libraries(${name} PRIVATE pbx_flags ${ARG_LINK})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE PBX_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                             PBX_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# pbx_fuzz(NAME SOURCE file LINK ...): a libFuzzer program; its corpus is tests/fuzz/corpus/NAME.
function(pbx_fuzz name)
  cmake_parse_arguments(ARG "" "SOURCE" "LINK" ${ARGN})
  add_executable(fuzz_${name} ${ARG_SOURCE})
  target_link_libraries(fuzz_${name} PRIVATE pbx_flags ${ARG_LINK})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
endfunction()
