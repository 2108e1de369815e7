# Cross build with Debian's g++-aarch64-linux-gnu; programs run under qemu (package qemu-user).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64;-L;/usr/aarch64-linux-gnu")

set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# Highway, Hana and nlohmann-json are headers alone: the host's serve, reached by links, for /usr/include itself holds the
# host's libc.
set(host_headers "${CMAKE_BINARY_DIR}/host-headers")
file(MAKE_DIRECTORY "${host_headers}")
foreach(headers hwy boost nlohmann)
  if(NOT EXISTS "${host_headers}/${headers}")
    file(CREATE_LINK "/usr/include/${headers}" "${host_headers}/${headers}" SYMBOLIC)
  endif()
endforeach()
set(HANA_INCLUDE_DIR "${host_headers}")
set(HIGHWAY_INCLUDE_DIR "${host_headers}")
set(JSON_INCLUDE_DIR "${host_headers}")
