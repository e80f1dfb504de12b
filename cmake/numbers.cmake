# The libraries behind core/number/phone_library.cc and regex.cc as pbx_number_libraries.
# libphonenumber's own links are in a package that cannot be installed (tools/packages.sh), so its
# libraries are found by the names they have at run time as well.

include_guard(GLOBAL)
find_path(PHONENUMBER_INCLUDE phonenumbers/phonenumberutil.h)
if(NOT PHONENUMBER_INCLUDE)
  message(FATAL_ERROR "The headers of libphonenumber are missing; install them by:\n"
    "  bash -c 'source tools/packages.sh && install_phonenumber_headers'")
endif()
find_library(PHONENUMBER_LIBRARY NAMES phonenumber libphonenumber.so.8 REQUIRED)
find_library(GEOCODING_LIBRARY NAMES geocoding libgeocoding.so.8 REQUIRED)
find_library(PROTOBUF_LIBRARY protobuf REQUIRED)
find_library(ICU_UC_LIBRARY icuuc REQUIRED)
# By pkg-config it would bring -pthread along, with which the precompiled header does not fit.
find_library(RE2_LIBRARY re2 REQUIRED)

add_library(pbx_number_libraries INTERFACE)
target_include_directories(pbx_number_libraries SYSTEM INTERFACE ${PHONENUMBER_INCLUDE})
target_link_libraries(pbx_number_libraries INTERFACE ${GEOCODING_LIBRARY} ${PHONENUMBER_LIBRARY}
                      ${PROTOBUF_LIBRARY} ${ICU_UC_LIBRARY} ${RE2_LIBRARY})
