# hone_add_model(<target> <model.onnx> NAME <name> [EMBED] [DIMS <dimension>=<size>...] [OPTIONS <option>...])
#
# Imports an ONNX network when it changes: <target> can then include <name>.hpp, which declares the model type <name>, and
# load its parameters from <name>.safetensors beside it (the path is the string <name>_weights_path in the header). With
# EMBED they are part of the program instead: std::span<std::byte const> <name>_weights(). DIMS fix symbolic dimensions;
# OPTIONS are given to hone-import as they are. The files hold no path: the compiler is told where the weights are, by the
# definition HONE_WEIGHTS_OF_<name>; a program that is to find them elsewhere loads them from there, or has them embedded.
function(hone_add_model TARGET MODEL)
  cmake_parse_arguments(PARSE_ARGV 2 arg "EMBED" "NAME" "DIMS;OPTIONS")
  if(NOT arg_NAME MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "hone_add_model: NAME is the name of a C++ type, such as kws; it is '${arg_NAME}'")
  endif()
  if(NOT TARGET ${TARGET})
    message(FATAL_ERROR "hone_add_model: there is no target ${TARGET}; add the executable or library first")
  endif()
  if(TARGET hone-import)
    set(import hone-import)
  else()
    find_program(HONE_IMPORT hone-import HINTS "${HONE_BINARY_DIR}" REQUIRED)
    set(import "${HONE_IMPORT}")
  endif()
  get_filename_component(model "${MODEL}" ABSOLUTE)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/hone-models")
  set(outputs "${folder}/${arg_NAME}.hpp" "${folder}/${arg_NAME}.safetensors")
  set(options -o "${folder}/${arg_NAME}.hpp" --name ${arg_NAME} ${arg_OPTIONS})
  foreach(dim IN LISTS arg_DIMS)
    list(APPEND options --dim ${dim})
  endforeach()
  if(arg_EMBED)
    list(APPEND outputs "${folder}/${arg_NAME}.cpp")
    list(APPEND options --embed)
    target_sources(${TARGET} PRIVATE "${folder}/${arg_NAME}.cpp")
  endif()
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${CMAKE_COMMAND} -E make_directory "${folder}"
    COMMAND ${import} "${model}" ${options}
    DEPENDS "${model}" ${import}
    COMMENT "Importing ${MODEL}"
    VERBATIM
  )
  target_sources(${TARGET} PRIVATE "${folder}/${arg_NAME}.hpp")
  target_compile_definitions(${TARGET} PRIVATE "HONE_WEIGHTS_OF_${arg_NAME}=\"${folder}/${arg_NAME}.safetensors\"")
  target_include_directories(${TARGET} PRIVATE "${folder}")
endfunction()
