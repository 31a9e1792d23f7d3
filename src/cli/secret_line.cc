#include "cli/secret_line.h"

#include <istream>
#include <ostream>

namespace salvor::cli {

std::string read_secret_line(const Io& io, const std::string& question) {
  std::string line;
  if (io.read_secret) {
    io.err << question << ": " << std::flush;
    line = io.read_secret();
    io.err << "\n";
  } else {
    std::getline(io.in, line);
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace salvor::cli
