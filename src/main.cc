// Picks the face of the one binary: `serve` runs the server, `mover` moves the
// data of a volume, everything else is the command line.
#include <cstdlib>
#include <iostream>
#include <optional>

#include "cli/cli.h"
#include "cli/io.h"
#include "mover/mover.h"
#include "server/serve.h"
#include "server/version.h"

int main(int argc, char** argv) {
  const salvor::cli::Program program{
      .version = salvor::server::kVersion,
      .faces = {{"serve", "Serve the API, and run backups and restores",
                 [](const std::vector<std::string>& words) {
                   return salvor::server::serve(words, std::cout, std::cerr);
                 }},
                {"mover", "Move a volume's data, inside a pod, as an order says",
                 [](const std::vector<std::string>& words) {
                   return salvor::mover::mover(words, std::cout, std::cerr);
                 }}}};
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  return salvor::cli::run(argc, argv, salvor::cli::system_io(environment), program);
}
