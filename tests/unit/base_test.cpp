#include <gtest/gtest.h>

#include <pgvista/error.hpp>
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace pgvista::test {

TEST(Text, TellsValidUtf8FromInvalid) {
  EXPECT_EQ(std::string_view::npos, invalid_utf8("plain, čeština, 日本語, 🙂"));
  EXPECT_EQ(2u, invalid_utf8("ab\xff"));
  EXPECT_EQ(1u, invalid_utf8("a\xc0\xaf")) << "an overlong form";
  EXPECT_EQ(0u, invalid_utf8("\xed\xa0\x80")) << "a surrogate";
  EXPECT_EQ(1u, invalid_utf8("a\xe2\x82")) << "cut short";
}

TEST(Text, CountsColumnsInCharacters) {
  const std::string text = "eins\nžluťoučký x";
  EXPECT_EQ(2, line_column(text, text.find('x')).line);
  EXPECT_EQ(11, line_column(text, text.find('x')).column);
}

TEST(Text, DoesNotCutACharacter) { EXPECT_EQ("a", prefix_utf8("aé", 2)); }

TEST(Text, ShowsADifferenceByLines) { EXPECT_EQ("  a\n- b\n+ B\n  c\n", line_diff("a\nb\nc", "a\nB\nc")); }

TEST(Text, SpeaksOfTimesAndSizesAsPeopleDo) {
  EXPECT_EQ("1.5 s", human_duration(1500));
  EXPECT_EQ("4 min 10 s", human_duration(250'000));
  EXPECT_EQ("8.0 kB", human_size(8192));
}

TEST(Suggest, FindsTheNearestName) {
  const std::vector<std::string> names = {"materialized", "view", "comment"};
  EXPECT_EQ("materialized", nearest("materialised", names));
  EXPECT_EQ("comment", nearest("Coment", names));
  EXPECT_EQ("view", nearest("veiw", names));
  EXPECT_FALSE(nearest("elephant", names));
}

TEST(FormatError, PrintsAsCompilersDo) {
  Error error;
  error.file = "views/a.sql";
  error.line = 3;
  error.column = 7;
  error.message = "it is wrong";
  error.sqlstate = "42601";
  error.detail = "why";
  error.hint = "do this";
  EXPECT_EQ("views/a.sql:3:7: error: it is wrong (42601)\n  detail: why\n  hint: do this\n", format_error(error));
  EXPECT_TRUE(format_error(error, "warning").starts_with("views/a.sql:3:7: warning: "));
}

}  // namespace pgvista::test
