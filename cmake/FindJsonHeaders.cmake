# nlohmann-json, headers alone: hone_dep::json. JSON_INCLUDE_DIR overrides the search.
find_path(JSON_INCLUDE_DIR nlohmann/json.hpp)
mark_as_advanced(JSON_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(JsonHeaders REQUIRED_VARS JSON_INCLUDE_DIR)

if(JsonHeaders_FOUND AND NOT TARGET hone_dep::json)
  add_library(hone_dep::json INTERFACE IMPORTED)
  target_include_directories(hone_dep::json SYSTEM INTERFACE "${JSON_INCLUDE_DIR}")
endif()
