# The sanitizers of this build do find what they are there for.
set(faults)
set(found_race "data race")
set(found_overflow "heap-buffer-overflow")
set(found_undefined "signed integer overflow")
if("threads" IN_LIST HONE_TEST_GROUPS)
  list(APPEND faults race)
endif()
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=address,undefined")
  list(APPEND faults overflow undefined)
endif()

if(faults)
  hone_test_target(hone_test_faults meta faults.cpp)
endif()
if("race" IN_LIST faults)
  hone_use_thread_sanitizer(hone_test_faults)
endif()
foreach(fault IN LISTS faults)
  hone_add_test(sanitizer_finds.${fault} ${without_randomisation} $<TARGET_FILE:hone_test_faults> ${fault})
  set_tests_properties(
    ${HONE_TEST_PREFIX}sanitizer_finds.${fault} PROPERTIES PASS_REGULAR_EXPRESSION "${found_${fault}}"
  )
endforeach()
