// A C++ program whose models and views become migrations, as they change from one version to the next.

#include <gtest/gtest.h>

#include "support/shop.hpp"
#include "support/structure.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

namespace {

namespace first {
struct Author {
  static constexpr auto table = "author";
  std::int64_t id{};
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Author, (), (id, name))

struct Tag {
  static constexpr auto table = "tag";
  std::int64_t id{};
  std::string word;
  static void define(Table<Tag>& t) { t.column(&Tag::word, pgvista::unique()); }
};
BOOST_DESCRIBE_STRUCT(Tag, (), (id, word))

struct Post {
  static constexpr auto table = "post";
  std::int64_t id{};
  Ref<Author> author;
  std::string title;
  Many<Tag> tags;
};
BOOST_DESCRIBE_STRUCT(Post, (), (id, author, title, tags))

struct PostsByAuthor {
  static constexpr auto table = "posts_by_author";
  std::int64_t author_id{};
  std::int64_t posts{};
  static void define(View<PostsByAuthor>& v) {
    v.materialized()
        .as(from<Post>()
                .group_by(col(&Post::author))
                .into(field(&PostsByAuthor::author_id, col(&Post::author)), field(&PostsByAuthor::posts, count())))
        .unique(&PostsByAuthor::author_id);
  }
};
BOOST_DESCRIBE_STRUCT(PostsByAuthor, (), (author_id, posts))

Registry registry() { return Registry().add<Author, Tag, Post, PostsByAuthor>(); }
}  // namespace first

// A year later: a column renamed, one added, a status, the view counts words too and keeps itself fresh.
namespace second {
struct Author {
  static constexpr auto table = "author";
  std::int64_t id{};
  std::string full_name;
  std::optional<std::string> email;
};
BOOST_DESCRIBE_STRUCT(Author, (), (id, full_name, email))

using first::Tag;

struct Post {
  static constexpr auto table = "post";
  std::int64_t id{};
  Ref<Author> author;
  std::string title;
  std::int32_t words{};
  Many<Tag> tags;
  static void define(Table<Post>& t) { t.index(&Post::author); }
};
BOOST_DESCRIBE_STRUCT(Post, (), (id, author, title, words, tags))

struct PostsByAuthor {
  static constexpr auto table = "posts_by_author";
  std::int64_t author_id{};
  std::int64_t posts{};
  std::optional<std::int64_t> words;
  static void define(View<PostsByAuthor>& v) {
    v.materialized(Maintenance::immediate)
        .as(from<Post>()
                .group_by(col(&Post::author))
                .into(field(&PostsByAuthor::author_id, col(&Post::author)), field(&PostsByAuthor::posts, count()),
                      field(&PostsByAuthor::words, sum(col(&Post::words)))))
        .unique(&PostsByAuthor::author_id);
  }
};
BOOST_DESCRIBE_STRUCT(PostsByAuthor, (), (author_id, posts, words))

Registry registry() { return Registry().add<Author, Tag, Post, PostsByAuthor>(); }
}  // namespace second

class ProgramMigrations : public ::testing::Test {
 protected:
  int run(std::vector<std::string> words, const Registry& registry) {
    words.insert(words.end(), {"--database", work.url(), "--project", work.folder().path().string()});
    std::vector<const char*> arguments{"program"};
    for (const std::string& word : words) arguments.push_back(word.c_str());
    testing::internal::CaptureStdout();
    const int code = pgvista::run(static_cast<int>(arguments.size()), arguments.data(), registry);
    out = testing::internal::GetCapturedStdout();
    return code;
  }

  Workspace work;
  std::string out;
};

}  // namespace

TEST_F(ProgramMigrations, FollowModelsAndViews) {
  EXPECT_EQ(0, run({"makemigrations"}, first::registry())) << out;
  std::vector<std::string> heard;
  EXPECT_EQ(0,
            run({"migrate"}, first::registry().after_sync_view([&](const std::string& view, const std::string& status) {
              heard.push_back(view + " " + status);
            })))
      << out;
  EXPECT_EQ((std::vector<std::string>{"posts_by_author created"}), heard);
  EXPECT_EQ(0, run({"check", "--strict"}, first::registry())) << out;
  EXPECT_EQ("nothing to do: the migrations say what the definitions say\n",
            (run({"makemigrations"}, first::registry()), out));
  // The same as create_tables() makes.
  Workspace other;
  other.execute(first::registry().create_tables());
  work.execute("BEGIN; DROP MATERIALIZED VIEW posts_by_author");
  EXPECT_EQ(structure(other.db()), structure(work.db()));
  work.execute("ROLLBACK");

  Database db(work.url());
  first::Author author;
  author.name = "Ann";
  db.insert(author);
  first::Post post;
  post.author = author.id;
  post.title = "One";
  db.insert(post);

  EXPECT_EQ(2, run({"makemigrations"}, second::registry())) << "a name that changed is asked for";
  EXPECT_EQ(3, run({"makemigrations", "--check"}, second::registry()));
  EXPECT_EQ(0, run({"makemigrations", "--rename", "author.name=full_name", "--default", "post.words=length(title)"},
                   second::registry()))
      << out;
  EXPECT_EQ(0, run({"migrate"}, second::registry())) << out;
  EXPECT_EQ(0, run({"check", "--strict"}, second::registry())) << out;
  const auto rows = from<second::PostsByAuthor>().fetch(db);
  ASSERT_EQ(1u, rows.size());
  EXPECT_EQ(3, rows[0].words);
  second::Post more;
  more.author = author.id;
  more.title = "Two";
  more.words = 5;
  db.insert(more);
  EXPECT_EQ(8, from<second::PostsByAuthor>().fetch(db).at(0).words) << "kept fresh from the first commit on";
  EXPECT_EQ(0, run({"migrate", "0001"}, second::registry())) << out;
  EXPECT_EQ("Ann", from<first::Author>().fetch(db).at(0).name);
  EXPECT_EQ(0, run({"migrate", "zero"}, second::registry())) << out;
  EXPECT_EQ("", structure(work.db()));
}

}  // namespace pgvista::test
