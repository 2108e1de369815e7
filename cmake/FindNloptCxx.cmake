# NLopt with its C++ header: hone_dep::nlopt. (The package files of its C and C++ builds have one name, so either is found.)
find_path(NLOPT_INCLUDE_DIR nlopt.hpp)
find_library(NLOPT_LIBRARY nlopt)
mark_as_advanced(NLOPT_INCLUDE_DIR NLOPT_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(NloptCxx REQUIRED_VARS NLOPT_LIBRARY NLOPT_INCLUDE_DIR)

if(NloptCxx_FOUND AND NOT TARGET hone_dep::nlopt)
  add_library(hone_dep::nlopt INTERFACE IMPORTED)
  target_include_directories(hone_dep::nlopt SYSTEM INTERFACE "${NLOPT_INCLUDE_DIR}")
  target_link_libraries(hone_dep::nlopt INTERFACE "${NLOPT_LIBRARY}")
endif()
