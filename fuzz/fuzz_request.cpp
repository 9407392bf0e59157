// A request's target and headers, as a client may send them: the grammar, the plan and its SQL. Whatever comes is a
// plan or a Refusal; the SQL holds nothing of the request but what the catalogue knows.

#include <cstdlib>

#include "fuzz_model.hpp"
#include "rest/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pgvista;
  const std::string text(reinterpret_cast<const char*>(data), size);
  rest::Request request;
  const std::vector<std::string> lines = fuzz::lines_of(text);
  static const char* methods[] = {"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"};
  request.method = methods[size % 6];
  request.headers["prefer"] = lines.size() > 1 ? lines[1] : "";
  request.headers["accept"] = lines.size() > 2 ? lines[2] : "";
  request.headers["range"] = lines.size() > 3 ? lines[3] : "";
  request.body = lines.size() > 4 ? lines[4] : "{}";
  try {
    rest::read_target(request, lines[0]);
    const std::vector<std::string> segments = rest::path_segments(request.raw_path);
    rest::Settings settings;
    settings.aggregates = true;
    settings.transaction_end = true;
    const rest::Plan plan = rest::make_plan(fuzz::model(), settings, request, segments);
    fuzz::require_clean(plan);
  } catch (const rest::Refusal&) {
  }
  return 0;
}
