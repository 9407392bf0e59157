#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace {

// A password in an argument is seen by everybody on the machine, in the list of its processes, as long as it stands
// there.
void hide_password(char* word) {
  const std::string_view text = word;
  const std::size_t scheme = text.find("://");
  const std::size_t at = text.rfind('@');
  if (scheme == std::string_view::npos || at == std::string_view::npos) return;
  const std::size_t colon = text.find(':', scheme + 3);
  if (colon == std::string_view::npos || colon > at) return;
  std::fill(word + colon + 1, word + at, 'x');
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  std::vector<const char*> given;
  for (const std::string& word : words) given.push_back(word.c_str());
  if (argc > 1) std::for_each(argv + 1, argv + argc, hide_password);
  return pgvista::cli::run(argc, given.data());
}
