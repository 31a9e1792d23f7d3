# Compiler and linker options that hold for every target, and the libraries of the system.
find_program(CCACHE ccache)
if(CCACHE)
  # Objects are shared between build folders, and with the precompiled headers in use.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside its own library headers when they are inlined into ours.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow)
endif()
if(SALVOR_SANITIZE)
  add_compile_options(-fsanitize=${SALVOR_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SALVOR_SANITIZE})
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(LibArchive REQUIRED)
find_package(ZLIB REQUIRED)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_library(RE2 re2 REQUIRED)
find_package(fmt REQUIRED)
find_library(SODIUM sodium REQUIRED)
if(NOT SALVOR_SANITIZE)  # the sanitizers bring allocators of their own
  find_library(MIMALLOC mimalloc REQUIRED)
endif()
include_directories(SYSTEM /usr/include)
include_directories(${PROJECT_SOURCE_DIR}/src)
