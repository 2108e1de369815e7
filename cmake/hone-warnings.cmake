# hone_warnings: what our own targets are compiled with, never a user's. Sanitizer builds go without: g++ finds false
# faults in instrumented code (its manual says so), and the same code is compiled without sanitizers too.
add_library(hone_warnings INTERFACE)
if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  target_compile_options(hone_warnings INTERFACE -Wall -Wextra -Wconversion -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 sees overlaps in std::string's operator+ that are not there (GCC bug 105651).
    target_compile_options(hone_warnings INTERFACE -Wno-restrict)
  endif()
endif()
