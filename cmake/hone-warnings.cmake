# hone_warnings: what our own targets are compiled with, never a user's.
add_library(hone_warnings INTERFACE)
target_compile_options(hone_warnings INTERFACE -Wall -Wextra -Wconversion -Werror)
