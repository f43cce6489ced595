# What makes builds quick and reproducible, where the machine has it: ccache, mold, relative paths in debug information.

option(OLIVINE_CCACHE "use ccache when it is installed" ON)
option(OLIVINE_MOLD "link with mold when it is installed" ON)

if(OLIVINE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(OLIVINE_CCACHE_PROGRAM ccache)
  if(OLIVINE_CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${OLIVINE_CCACHE_PROGRAM})
  endif()
endif()

if(OLIVINE_MOLD)
  find_program(OLIVINE_MOLD_PROGRAM mold)
  if(OLIVINE_MOLD_PROGRAM)
    include(CheckCXXSourceCompiles)
    set(CMAKE_REQUIRED_LINK_OPTIONS -fuse-ld=mold)
    check_cxx_source_compiles("int main() { return 0; }" OLIVINE_MOLD_LINKS)
    unset(CMAKE_REQUIRED_LINK_OPTIONS)
    if(OLIVINE_MOLD_LINKS)
      add_link_options(-fuse-ld=mold)
    endif()
  endif()
endif()

# The same sources give the same bytes wherever they lie.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
# A program loads only the libraries that it uses: part of the 5 ms that `olivine run` may cost.
add_link_options(-Wl,--as-needed)
