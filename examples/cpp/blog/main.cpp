// A blog, after "Materialized views with Django's ORM": posts with tags and comments, and a materialized view that is
// said field by field, each with its source in the parent model.
//   blog sync | refresh | status | …   the commands of pgvista
//   blog show                          makes the tables, fills them, and prints what the view says

#include <cstdlib>
#include <iostream>
#include <pgvista/pgvista.hpp>

using namespace pgvista;

struct Comment;
struct Tag;

struct User {
  std::int32_t id{};
  std::string username;
  std::string first_name;
  static void define(Table<User>& t) { t.name("auth_user").column(&User::username, unique()); }
};
BOOST_DESCRIBE_STRUCT(User, (), (id, username, first_name))

struct Post {
  static constexpr auto table = "api_post";
  std::int64_t id{};
  std::string title;
  std::string content;
  Ref<User, std::int32_t> author;
  std::int32_t rating{};
  Many<Tag> tags;
  Many<Comment> comments;
  static void define(Table<Post>& t) {
    t.column(&Post::title, max_length(200))
        .column(&Post::author, on_delete(OnDelete::cascade))
        .column(&Post::rating, at_least(0))
        .many_to_many(&Post::tags, "api_post_tags");
  }
};
BOOST_DESCRIBE_STRUCT(Post, (), (id, title, content, author, rating, tags, comments))

struct Tag {
  static constexpr auto table = "api_tag";
  std::int64_t id{};
  std::string name;
  Many<Post> posts;
  static void define(Table<Tag>& t) { t.column(&Tag::name, max_length(100)).reverse(&Tag::posts, &Post::tags); }
};
BOOST_DESCRIBE_STRUCT(Tag, (), (id, name, posts))

struct Comment {
  static constexpr auto table = "api_comment";
  std::int64_t id{};
  Ref<Post> post;
  Ref<User, std::int32_t> author;
  std::string content;
  static void define(Table<Comment>& t) {
    t.column(&Comment::post, on_delete(OnDelete::cascade)).column(&Comment::author, on_delete(OnDelete::cascade));
  }
};
BOOST_DESCRIBE_STRUCT(Comment, (), (id, post, author, content))

// A member without a source is the parent's of its name.
struct PostMaterializedView {
  static constexpr auto table = "api_postmaterializedview";
  std::int64_t post_id{};
  std::string title;
  std::string content;
  std::optional<std::string> tag_names;
  std::int64_t comments_count{};
  std::optional<std::string> comment_authors;
  static void define(View<PostMaterializedView>& v) {
    using V = PostMaterializedView;
    v.materialized(Maintenance::on_commit)
        .index({.unique = true, .name = "unique_post_id"}, &V::post_id)
        .comment("A post with its tags, the number of its comments, and who wrote them");
    v.source<Post>()
        .field(&V::post_id, col(&Post::id))
        .field(&V::tag_names, string_agg(col(&Post::tags, &Tag::name), "; ").distinct())
        .field(&V::comments_count, count(col(&Post::comments, &Comment::id)).distinct())
        .field(&V::comment_authors,
               string_agg(col(&Post::comments, &Comment::author, &User::first_name), ", ").distinct());
  }
};
BOOST_DESCRIBE_STRUCT(PostMaterializedView, (), (post_id, title, content, tag_names, comments_count, comment_authors))

// The post's own columns, of some of the posts.
struct PopularPost {
  static constexpr auto table = "popular_posts";
  std::int64_t id{};
  std::string title;
  std::int32_t rating{};
  static void define(View<PopularPost>& v) {
    v.materialized().unique(&PopularPost::id);
    v.source<Post>().where(col(&Post::rating) > 200);
  }
};
BOOST_DESCRIBE_STRUCT(PopularPost, (), (id, title, rating))

const Registry& registry() {
  static const Registry all = Registry().add<User, Post, Tag, Comment, PostMaterializedView, PopularPost>();
  return all;
}

void fill(Database& db) {
  Transaction transaction(db);
  db.execute(registry().create_tables());
  std::vector<User> users{{.username = "ada", .first_name = "Ada"}, {.username = "bob", .first_name = "Bob"}};
  db.insert_returning(users);
  std::vector<Tag> tags{{.name = "sql", .posts = {}}, {.name = "c++", .posts = {}}};
  db.insert_returning(tags);
  for (int i = 1; i <= 4; ++i) {
    Post post{.title = "Post " + std::to_string(i),
              .content = "Content of " + std::to_string(i),
              .author = users[0].id,
              .rating = i * 70,
              .tags = {},
              .comments = {}};
    db.insert(post);
    related(post, &Post::tags).set(db, i % 2 == 0 ? tags : std::vector<Tag>{tags[0]});
    for (int k = 0; k < i - 1; ++k) {
      Comment comment{.post = post.id, .author = users[static_cast<std::size_t>(k % 2)].id, .content = "Comment"};
      db.insert(comment);
    }
  }
  transaction.commit();
}

void show_posts(Database& db, const char* title) {
  std::cout << title << ":\n";
  for (const auto& one : from<PostMaterializedView>().order_by(col(&PostMaterializedView::post_id).asc()).fetch(db)) {
    std::cout << "  " << one.post_id << " " << one.title << " [" << one.tag_names.value_or("") << "] "
              << one.comments_count << " by " << one.comment_authors.value_or("nobody") << "\n";
  }
}

int show() {
  Database db(std::getenv("DATABASE_URL") ? std::getenv("DATABASE_URL") : "");
  fill(db);
  const char* words[] = {"blog", "sync", "--quiet"};
  if (const int failed = pgvista::run(3, words, registry())) return failed;
  show_posts(db, "posts");
  from<Tag>().where(col(&Tag::name) == "c++").update(db, set(&Tag::name, "C++20"));
  from<Comment>().where(col(&Comment::post) == 4).remove(db);
  show_posts(db, "after a tag's new name, and without the comments of the last");
  for (const PopularPost& one : from<PopularPost>().order_by(col(&PopularPost::id).asc()).fetch(db))
    std::cout << "popular: " << one.title << " " << one.rating << "\n";
  // Objects with all that belongs to them: one query for the posts, one for the tags, one for the comments.
  for (const Post& post : from<Post>()
                              .with(&Post::tags)
                              .with(&Post::comments, &Comment::author)
                              .with(&Post::author)
                              .order_by(col(&Post::id).asc())
                              .limit(2)
                              .fetch(db)) {
    std::cout << post.title << " by " << post.author->first_name << ", " << post.tags.size() << " tags";
    for (const Comment& comment : post.comments) std::cout << ", a comment by " << comment.author->first_name;
    std::cout << "\n";
  }
  return 0;
}

int main(int argc, char** argv) {
  try {
    return argc > 1 && std::string_view(argv[1]) == "show" ? show() : pgvista::run(argc, argv, registry());
  } catch (const Failure& failure) {
    std::cerr << format_error(failure.error());
    return 1;
  }
}
