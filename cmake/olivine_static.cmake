# The libraries that `olivine run` would load at every start, as parts of the program: loading and relocating fmt, toml++, SQLite and
# libstdc++ was a quarter of the instructions of a start (docs/benchmarks.md). Sets OLIVINE_FMT, OLIVINE_TOMLPP and OLIVINE_SQLITE,
# what the modules link, and OLIVINE_STATIC_RUNTIME, what the program links with. Where a static form is missing the shared one serves.

set(is_release OFF)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT OLIVINE_SANITIZE)
  set(is_release ON)
endif()
option(OLIVINE_STATIC "link the libraries of every start statically" ${is_release})

set(OLIVINE_FMT fmt::fmt)
set(OLIVINE_TOMLPP PkgConfig::TOMLPP)
set(OLIVINE_SQLITE PkgConfig::SQLITE)
set(OLIVINE_STATIC_RUNTIME "")

# The compile options of TARGET, the code of SOURCE.
function(olivine_static_library name source target)
  add_library(${name} STATIC ${CMAKE_SOURCE_DIR}/cmake/static/${source})
  foreach(kind COMPILE_DEFINITIONS COMPILE_OPTIONS)
    set_property(TARGET ${name} PROPERTY INTERFACE_${kind} $<TARGET_PROPERTY:${target},INTERFACE_${kind}>)
    set_property(TARGET ${name} PROPERTY ${kind} $<TARGET_PROPERTY:${target},INTERFACE_${kind}>)
  endforeach()
  target_include_directories(${name} SYSTEM PUBLIC $<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
endfunction()

if(OLIVINE_STATIC)
  if(fmt_VERSION MATCHES "^9\\.")
    olivine_static_library(olivine_fmt fmt_library.cc fmt::fmt)
    set(OLIVINE_FMT olivine_fmt)
  endif()
  olivine_static_library(olivine_tomlplusplus tomlplusplus_library.cc PkgConfig::TOMLPP)
  set(OLIVINE_TOMLPP olivine_tomlplusplus)
  find_library(OLIVINE_SQLITE_STATIC NAMES libsqlite3.a)
  if(OLIVINE_SQLITE_STATIC)
    add_library(olivine_sqlite INTERFACE)
    target_link_libraries(olivine_sqlite INTERFACE ${OLIVINE_SQLITE_STATIC} m ${CMAKE_DL_LIBS})
    set(OLIVINE_SQLITE olivine_sqlite)
  endif()
  # A library that is left shared and written in C++ would load libstdc++ all the same, beside ours.
  if(OLIVINE_FMT STREQUAL "olivine_fmt")
    set(OLIVINE_STATIC_RUNTIME -static-libstdc++ -static-libgcc)
  endif()
endif()
