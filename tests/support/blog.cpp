#include "support/blog.hpp"

namespace blog {

void Author::define(Table<Author>& t) {
  t.column(&Author::name, unique(), max_length(40))
      .reverse(&Author::profile, &Profile::author)
      .many_to_many(&Author::following, &Follow::follower, &Follow::followed)
      .reverse(&Author::followers, &Author::following);
}

void Follow::define(Table<Follow>& t) {
  t.column(&Follow::why, default_to("interest")).unique(&Follow::follower, &Follow::followed);
}

void Profile::define(Table<Profile>& t) { t.one_to_one(&Profile::author, on_delete(OnDelete::cascade)); }

void Tag::define(Table<Tag>& t) { t.column(&Tag::name, unique()).reverse(&Tag::posts, &Post::tags); }

void Post::define(Table<Post>& t) {
  t.column(&Post::rating, between(0, 500))
      .many_to_many(&Post::tags)
      .index({.columns = {"lower(title)"}, .name = "post_title", .where = "state = 'published'"});
}

void PostSummary::define(View<PostSummary>& v) {
  v.materialized(Maintenance::immediate).unique(&PostSummary::post_id);
  v.source<Post>()
      .field(&PostSummary::post_id, col(&Post::id))
      .field(&PostSummary::tag_names, string_agg(col(&Post::tags, &Tag::name), "; ").distinct())
      .field(&PostSummary::comments_count, count(col(&Post::comments, &Comment::id)).distinct());
}

Registry registry() { return Registry().add<Author, Follow, Profile, Tag, Post, Comment, PostSummary>(); }

}  // namespace blog
