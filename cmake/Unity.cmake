# Compiles several sources as one unit, so that a header is read once for all of them. Where two of them clash (two helpers
# of one name), the compiler says so.
set(PGVISTA_APART "" CACHE STRING "Groups whose files are units of their own all the same, while one works on them")

# The given sources of a target are one unit.
function(pgvista_unite target group)
  if(NOT PGVISTA_UNITY OR group IN_LIST PGVISTA_APART)
    return()
  endif()
  set_source_files_properties(${ARGN} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${group})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A class of a .cpp file with members of its anonymous namespace: no header, and no other unit, sees it.
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
  endif()
endfunction()

# The sources of each folder of a target are one unit; those of src/ivm/query belong to src/ivm.
function(pgvista_unite_folders target)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    string(REGEX REPLACE "^.*/src/([^/]+)(/.*)?$" "\\1" top "${folder}")
    cmake_path(GET top FILENAME folder)
    pgvista_unite(${target} ${folder} ${source})
  endforeach()
endfunction()
