// The table of types says of each what the server says.

#include <gtest/gtest.h>

#include <set>

#include "sql/known_types.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

TEST(KnownTypes, AreTheServers) {
  Workspace work;
  std::set<std::string_view> names;
  for (const sql::KnownType& one : sql::known_types()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    if (one.name == "citext") continue;  // of an extension
    // A second name of character, where no length is declared.
    const std::string modifier = one.name == "bpchar" ? "-1" : "NULL";
    EXPECT_EQ(one.name, work.value("SELECT format_type('pg_catalog.\"" + std::string(one.internal) + "\"'::regtype, " +
                                   modifier + ")"));
    if (!one.can(sql::compares)) continue;
    const std::string row = "ROW(NULL::" + std::string(one.name) + ")";
    EXPECT_EQ("t", work.value("SELECT btrecordcmp(" + row + ", " + row + ") = 0 AND hash_record_extended(" + row +
                              ", 0) IS NOT NULL"))
        << one.name;
  }
}

// Across the types of a family, too, equal values have equal hashes.
TEST(KnownTypes, FamiliesHashAlike) {
  Workspace work;
  for (const sql::KnownType& one : sql::known_types()) {
    for (const sql::KnownType& other : sql::known_types()) {
      if (one.hash.empty() || one.hash != other.hash) continue;
      const auto hash = [](const sql::KnownType& type) {
        return "hash_record_extended(ROW(CAST('1' AS " + std::string(type.name) + ")), 0)";
      };
      EXPECT_EQ("t", work.value("SELECT " + hash(one) + " = " + hash(other))) << one.name << " and " << other.name;
    }
  }
}

}  // namespace pgvista::test
