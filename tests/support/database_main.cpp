// One process for the tests of one file (--suite=NAME): it starts one private server, and stops it whatever happens.

#include <gtest/gtest.h>

#include <string>

#include "base/text.hpp"
#include "support/workspace.hpp"

namespace {

class ServerEnvironment : public testing::Environment {
 public:
  void SetUp() override { pgvista::test::TestServer::instance(); }
  void TearDown() override { pgvista::test::TestServer::instance().stop(); }
};

// options_test.cpp holds the suite Options.
std::string suite_name(const std::string& file) {
  std::string out;
  bool start = true;
  for (const char c : file) {
    if (c == '_') {
      start = true;
      continue;
    }
    out += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    start = false;
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::string option = "--suite=";
    if (word.starts_with(option)) testing::GTEST_FLAG(filter) = suite_name(word.substr(option.size())) + ".*";
  }
  testing::AddGlobalTestEnvironment(new ServerEnvironment);
  const int result = RUN_ALL_TESTS();
  // A filter that fits nothing is a mistake in the build, not a success.
  return testing::UnitTest::GetInstance()->test_to_run_count() == 0 ? 1 : result;
}
