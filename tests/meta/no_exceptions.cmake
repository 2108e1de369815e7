# Hone without exceptions and without type information. (Whoever jumps out of an error handler leaks what was under way;
# sanitizers would say so.)
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  add_executable(hone_no_exceptions no_exceptions.cpp)
  target_link_libraries(hone_no_exceptions PRIVATE hone_warnings hone::engine)
  target_include_directories(hone_no_exceptions PRIVATE "${PROJECT_SOURCE_DIR}/tests/support")
  target_compile_options(hone_no_exceptions PRIVATE -fno-exceptions -fno-rtti)
  hone_add_test(no_exceptions hone_no_exceptions)
endif()
