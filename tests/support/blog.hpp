#pragma once
// Models with relations of every kind, after the blog of the seeds.

#include <pgvista/pgvista.hpp>

namespace blog {

using namespace pgvista;

struct Post;
struct Profile;
struct Comment;

enum class State { draft, published };
BOOST_DESCRIBE_ENUM(State, draft, published)

struct Author {
  std::int64_t id{};
  std::string name;
  Many<Post> posts;        // by the one foreign key that leads back
  One<Profile> profile;    // by a unique foreign key
  Many<Author> following;  // by a model between
  Many<Author> followers;  // the same, from the other side
  static void define(Table<Author>& t);
};
BOOST_DESCRIBE_STRUCT(Author, (), (id, name, posts, profile, following, followers))

struct Follow {
  std::int64_t id{};
  Ref<Author> follower;
  Ref<Author> followed;
  std::string why = "interest";
  static void define(Table<Follow>& t);
};
BOOST_DESCRIBE_STRUCT(Follow, (), (id, follower, followed, why))

struct Profile {
  std::int64_t id{};
  Ref<Author> author;
  std::string bio;
  static void define(Table<Profile>& t);
};
BOOST_DESCRIBE_STRUCT(Profile, (), (id, author, bio))

struct Tag {
  std::int64_t id{};
  std::string name;
  Many<Post> posts;
  static void define(Table<Tag>& t);
};
BOOST_DESCRIBE_STRUCT(Tag, (), (id, name, posts))

struct Post {
  std::int64_t id{};
  std::string title;
  Ref<Author> author;
  State state = State::draft;
  std::int32_t rating{};
  Many<Tag> tags;  // by a table of pairs that pgvista makes
  Many<Comment> comments;
  static void define(Table<Post>& t);
};
BOOST_DESCRIBE_STRUCT(Post, (), (id, title, author, state, rating, tags, comments))

struct Comment {
  std::int64_t id{};
  Ref<Post> post;
  std::optional<Ref<Author>> author;
  std::string content;
  std::optional<Ref<Comment>> answers;
};
BOOST_DESCRIBE_STRUCT(Comment, (), (id, post, author, content, answers))

/// Field by field from a parent, as the seed's materialized view.
struct PostSummary {
  std::int64_t post_id{};
  std::string title;
  std::optional<std::string> tag_names;
  std::int64_t comments_count{};
  static void define(View<PostSummary>& v);
};
BOOST_DESCRIBE_STRUCT(PostSummary, (), (post_id, title, tag_names, comments_count))

/// Rows of a subquery.
struct PostCount {
  Ref<Author> author;
  std::int64_t posts{};
};
BOOST_DESCRIBE_STRUCT(PostCount, (), (author, posts))

/// Rows of a recursive query.
struct Thread {
  std::int64_t id{};
  std::int32_t depth{};
};
BOOST_DESCRIBE_STRUCT(Thread, (), (id, depth))

Registry registry();

}  // namespace blog
