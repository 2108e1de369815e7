# Headers, one exported set of targets a component (a machine without SQLite can still have hone::engine), and the
# package files that find_package(hone) reads.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(destination "${CMAKE_INSTALL_DATADIR}/hone/cmake")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/hone" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS hone_hone EXPORT hone-engine)
foreach(component IN LISTS HONE_COMPONENTS)
  if(TARGET hone_${component})
    install(TARGETS hone_${component} EXPORT hone-${component})
    install(
      EXPORT hone-${component}
      FILE hone-${component}-targets.cmake
      NAMESPACE hone::
      DESTINATION "${destination}"
    )
  endif()
endforeach()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/hone-config.cmake.in" "${PROJECT_BINARY_DIR}/hone-config.cmake"
  INSTALL_DESTINATION "${destination}"
)
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/hone-config-version.cmake" COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT
)
install(
  FILES "${PROJECT_BINARY_DIR}/hone-config.cmake" "${PROJECT_BINARY_DIR}/hone-config-version.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/hone-components.cmake" "${PROJECT_SOURCE_DIR}/cmake/hone-add-model.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/FindHana.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/FindHighwayHeaders.cmake" "${PROJECT_SOURCE_DIR}/cmake/FindJsonHeaders.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/FindNloptCxx.cmake"
  DESTINATION "${destination}"
)
