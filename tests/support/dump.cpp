#include "support/dump.hpp"

#include "local/server.hpp"

namespace pgvista::test {

void copy_database(const Workspace& from, const Workspace& to, const std::string& commands) {
  from.folder().write("copy.sh", "set -eo pipefail\n" + commands + "\n");
  Process copy({"/bin/bash", "copy.sh"}, from.folder().path().string(),
               {{"FROM", from.url()}, {"TO", to.url()}, {"BIN", local::find_postgresql().string()}});
  if (const ProcessResult done = copy.wait(); done.exit != 0) throw std::runtime_error("copy: " + done.err);
}

}  // namespace pgvista::test
