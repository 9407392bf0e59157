#include "support/dump.hpp"

#include "base/text.hpp"
#include "local/server.hpp"

namespace pgvista::test {

void copy_database(const Workspace& from, const Workspace& to, const std::string& commands) {
  from.folder().write("copy.sh", "set -eo pipefail\n" + commands + "\n");
  Process copy({"/bin/bash", "copy.sh"}, from.folder().path().string(),
               {{"FROM", from.url()}, {"TO", to.url()}, {"BIN", local::find_postgresql().string()}});
  if (const ProcessResult done = copy.wait(); done.exit != 0) throw std::runtime_error("copy: " + done.err);
}

std::string schema_dump(const Workspace& work) {
  Process dump({(local::find_postgresql() / "pg_dump").string(), "-s", work.url()}, work.folder().path().string(), {});
  const ProcessResult done = dump.wait();
  if (done.exit != 0) throw std::runtime_error("pg_dump: " + done.err);
  std::string out;
  for (const std::string& line : split_lines(done.out)) {
    // psql's guard against what a dump could hold: another word each time.
    if (!line.starts_with("\\restrict ") && !line.starts_with("\\unrestrict ")) out += line + "\n";
  }
  return out;
}

}  // namespace pgvista::test
