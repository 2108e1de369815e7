# A user's project (consume/) is configured, built and run, with Hone installed and with Hone as a subdirectory.
set(prefix "${CMAKE_CURRENT_BINARY_DIR}/prefix")
hone_add_test(install "${CMAKE_COMMAND}" --install "${PROJECT_BINARY_DIR}" --prefix "${prefix}")
set_tests_properties(${HONE_TEST_PREFIX}install PROPERTIES FIXTURES_SETUP hone_installed)

foreach(way find_package add_subdirectory)
  if(way STREQUAL "find_package")
    set(where "-DCMAKE_PREFIX_PATH=${prefix}")
  else()
    set(where "-DHONE_SOURCE_DIR=${PROJECT_SOURCE_DIR}")
  endif()
  set(binary "${CMAKE_CURRENT_BINARY_DIR}/consume-${way}")
  hone_add_test(
    consume.${way}
    "${CMAKE_CTEST_COMMAND}"
    --build-and-test "${CMAKE_CURRENT_SOURCE_DIR}/consume" "${binary}"
    --build-generator "${CMAKE_GENERATOR}"
    --build-options "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}" "${where}"
    --test-command "${CMAKE_CTEST_COMMAND}" --output-on-failure --no-tests=error
  )
endforeach()
set_tests_properties(${HONE_TEST_PREFIX}consume.find_package PROPERTIES FIXTURES_REQUIRED hone_installed)
