# Google Highway, headers alone: hone_dep::highway. Hone detects the CPU itself and never links libhwy.
# HIGHWAY_INCLUDE_DIR overrides the search.
find_path(HIGHWAY_INCLUDE_DIR hwy/highway.h)
mark_as_advanced(HIGHWAY_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(HighwayHeaders REQUIRED_VARS HIGHWAY_INCLUDE_DIR)

if(HighwayHeaders_FOUND AND NOT TARGET hone_dep::highway)
  add_library(hone_dep::highway INTERFACE IMPORTED)
  target_include_directories(hone_dep::highway SYSTEM INTERFACE "${HIGHWAY_INCLUDE_DIR}")
endif()
