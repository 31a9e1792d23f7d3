// libarchive as an independent witness of the tar format, in both directions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace salvor::archive::testing {

using Files = std::vector<std::pair<std::string, std::string>>;  // path and content, in order

// The files of a tar or tar.gz; empty when libarchive finds fault with it.
Files files_by_libarchive(std::string_view archive);

enum class TarFormat { ustar, pax, gnu };
// A tar.gz of these files. A path that ends in '/' makes a folder.
std::string tarball_by_libarchive(const Files& files, TarFormat format);
// A tar.gz of one symbolic link.
std::string link_by_libarchive(const std::string& path, const std::string& target);

}  // namespace salvor::archive::testing
