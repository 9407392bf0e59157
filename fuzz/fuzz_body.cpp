// Bodies of writes: JSON of any shape, nested or not, CSV, forms; functions' arguments.

#include "fuzz_model.hpp"
#include "rest/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pgvista;
  if (size == 0) return 0;
  rest::Request request;
  static const char* types[] = {"application/json", "text/csv", "application/x-www-form-urlencoded",
                                "application/octet-stream"};
  static const std::vector<std::vector<std::string>> targets = {{"project"},     {"project", "1"}, {"rpc", "add"},
                                                                {"rpc", "echo"}, {"person"},       {"rate", "a,1"}};
  const std::vector<std::string>& segments = targets[data[0] % targets.size()];
  request.method = segments.size() == 1 || segments[0] == "rpc" ? "POST" : data[0] & 64 ? "PUT" : "PATCH";
  request.headers["content-type"] = types[(data[0] >> 3) % 4];
  request.headers["prefer"] = data[0] & 128 ? "return=representation, missing=default" : "";
  request.body.assign(reinterpret_cast<const char*>(data + 1), size - 1);
  try {
    fuzz::require_clean(rest::make_plan(fuzz::model(), rest::Settings{}, request, segments));
  } catch (const rest::Refusal&) {
  }
  return 0;
}
