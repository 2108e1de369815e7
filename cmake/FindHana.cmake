# Boost.Hana, headers alone: hone_dep::hana. HANA_INCLUDE_DIR overrides the search.
find_path(HANA_INCLUDE_DIR boost/hana/tuple.hpp)
mark_as_advanced(HANA_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Hana REQUIRED_VARS HANA_INCLUDE_DIR)

if(Hana_FOUND AND NOT TARGET hone_dep::hana)
  add_library(hone_dep::hana INTERFACE IMPORTED)
  target_include_directories(hone_dep::hana SYSTEM INTERFACE "${HANA_INCLUDE_DIR}")
endif()
