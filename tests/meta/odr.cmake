# One program of translation units that differ in -march, optimisation and include order, linked in two orders. Nothing
# inline of Hone may be shared between units of different -march (DESIGN.md, decision 13): that is run, and looked up in
# the symbol tables.
set(odr_flags_plain -O2)
set(odr_flags_unoptimised -O0)
set(odr_flags_reversed -O2 -DHONE_ODR_REVERSED)
set(odr_units plain unoptimised reversed)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(odr_flags_haswell -O2 -march=haswell)
  set(odr_flags_haswell_unoptimised -O0 -march=haswell -DHONE_ODR_REVERSED)
  set(odr_flags_skylake_avx512 -O0 -march=skylake-avx512)
  set(odr_flags_icelake_server -O0 -march=icelake-server)
  list(APPEND odr_units haswell haswell_unoptimised skylake_avx512 icelake_server)
endif()
list(TRANSFORM odr_units REPLACE "(.+)" "X(\\1)" OUTPUT_VARIABLE odr_list)
list(JOIN odr_list " " odr_list)

set(odr_forward)
foreach(unit IN LISTS odr_units)
  add_library(hone_odr_${unit} OBJECT odr/unit.cpp)
  target_link_libraries(hone_odr_${unit} PRIVATE hone_warnings hone::engine)
  target_include_directories(hone_odr_${unit} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support")
  target_compile_options(hone_odr_${unit} PRIVATE ${odr_flags_${unit}})
  target_compile_definitions(hone_odr_${unit} PRIVATE HONE_ODR_UNIT=${unit} "HONE_ODR_UNITS=${odr_list}")
  list(APPEND odr_forward $<TARGET_OBJECTS:hone_odr_${unit}>)
endforeach()
set(odr_backward ${odr_forward})
list(REVERSE odr_backward)

foreach(order forward backward)
  add_executable(hone_odr_${order} odr/main.cpp ${odr_${order}})
  target_link_libraries(hone_odr_${order} PRIVATE hone_warnings)
  target_compile_definitions(hone_odr_${order} PRIVATE "HONE_ODR_UNITS=${odr_list}")
  hone_add_test(odr.${order} hone_odr_${order})
endforeach()

if(TARGET hone_odr_haswell)
  hone_add_script_test(
    odr.symbols shared_symbols.py "${CMAKE_NM}" $<TARGET_OBJECTS:hone_odr_unoptimised>
    $<TARGET_OBJECTS:hone_odr_haswell_unoptimised> $<TARGET_OBJECTS:hone_odr_skylake_avx512>
    $<TARGET_OBJECTS:hone_odr_icelake_server>
  )
endif()
