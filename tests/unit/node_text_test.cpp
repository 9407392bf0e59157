#include "catalog/node_text.hpp"

#include <gtest/gtest.h>

namespace pgvista::catalog {

using Types = std::set<long long>;

TEST(NodeText, TypesOfWhatIsConverted) {
  EXPECT_EQ((Types{}), converted_by_text("({QUERY :commandType 1 :targetList ({VAR :vartype 25})})"));
  EXPECT_EQ((Types{1184}),
            converted_by_text("{COERCEVIAIO :arg {VAR :varno 1 :vartype 1184 :location 7} :resulttype 25}"));
  EXPECT_EQ((Types{2205}),
            converted_by_text("{COERCEVIAIO :arg {RELABELTYPE :arg {VAR :varno 1 :vartype 26} :resulttype "
                              "2205} :resulttype 25}"));
  EXPECT_EQ((Types{1184}),
            converted_by_text("{COERCEVIAIO :arg {COALESCE :coalescetype 1184 :args ({AGGREF :aggtype 1184})}}"));
  EXPECT_EQ((Types{1082, 1184}), converted_by_text("({COERCEVIAIO :arg {FUNCEXPR :funcid 1 :funcresulttype 1184 :args "
                                                   "({COERCEVIAIO :arg {OPEXPR :opno 1 :opresulttype 1082}})}})"));
}

TEST(NodeText, SubqueriesAndWhatCannotBeTold) {
  EXPECT_EQ(
      (Types{1114}),
      converted_by_text("{COERCEVIAIO :arg {SUBLINK :subLinkType 4 :subselect {QUERY :targetList ({TARGETENTRY :expr "
                        "{VAR :vartype 1114} :resno 1})} :location 1}}"));
  EXPECT_EQ((Types{0}), converted_by_text("{COERCEVIAIO :arg {SOMETHING :new 1}}"));
  EXPECT_EQ((Types{0}), converted_by_text("{COERCEVIAIO :arg "));
  EXPECT_EQ((Types{23}), converted_by_text("{COERCEVIAIO :arg {VAR :name a\\}b\\{ :vartype 23}}"));
}

}  // namespace pgvista::catalog
