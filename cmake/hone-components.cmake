# The one table of Hone's components: which components each builds on, and which packages it needs.
# The build tree and the installed package (hone-config.cmake) both read it.
#
# core    describes and predicts: hone/hone.hpp, without Highway
# engine  runs: hone/engine.hpp
# The rest is opt-in.
set(HONE_COMPONENTS core engine train store search io ext)

set(HONE_core_REQUIRES)
set(HONE_core_PACKAGES Hana)
set(HONE_core_LINKS hone_dep::hana)

set(HONE_engine_REQUIRES core)
set(HONE_engine_PACKAGES HighwayHeaders)
set(HONE_engine_LINKS hone_dep::highway)

set(HONE_train_REQUIRES engine)
set(HONE_train_PACKAGES xtensor Threads)
set(HONE_train_LINKS xtensor Threads::Threads)

set(HONE_store_REQUIRES engine)
set(HONE_store_PACKAGES SQLite3 ZLIB Threads)
set(HONE_store_LINKS SQLite::SQLite3 ZLIB::ZLIB Threads::Threads)

set(HONE_search_REQUIRES train store)
set(HONE_search_PACKAGES Eigen3 NloptCxx Pagmo)
set(HONE_search_LINKS Eigen3::Eigen hone_dep::nlopt Pagmo::pagmo)

set(HONE_io_REQUIRES core)
set(HONE_io_PACKAGES JsonHeaders)
set(HONE_io_LINKS hone_dep::json)

set(HONE_ext_REQUIRES engine)
set(HONE_ext_PACKAGES fmt xtensor)
set(HONE_ext_LINKS fmt::fmt xtensor)

# Looks for what a component needs; sets RESULT to the first thing missing, or to nothing.
macro(hone_find_missing COMPONENT RESULT)
  set(${RESULT})
  foreach(hone_package IN LISTS HONE_${COMPONENT}_PACKAGES)
    find_package(${hone_package} QUIET)
    if(NOT ${hone_package}_FOUND AND NOT ${RESULT})
      set(${RESULT} ${hone_package})
    endif()
  endforeach()
  foreach(hone_base IN LISTS HONE_${COMPONENT}_REQUIRES)
    if(NOT TARGET hone::${hone_base} AND NOT ${RESULT})
      set(${RESULT} hone::${hone_base})
    endif()
  endforeach()
endmacro()
