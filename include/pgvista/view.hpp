#pragma once
// Views of structs: raw SQL, a query, or a view that exists already.

#include <pgvista/maintenance.hpp>
#include <pgvista/query.hpp>

namespace pgvista {

namespace model {

SpecPtr with_row(const SpecPtr& query, InfoOf row);

/// A string as TOML writes it, and a list of them.
std::string toml(const std::string& text);
std::string toml(const std::vector<std::string>& list);

}  // namespace model

/// A view whose columns are said one by one, over the rows of a parent model. A member that no field() fills takes the
/// parent's member of its name. With aggregates, rows are grouped by all other fields.
template <class V, class Parent>
class FieldByField {
 public:
  explicit FieldByField(model::ModelInfo& info) : info_(info) {}

  template <class C, class T, class E>
  FieldByField& field(T C::*member, const E& source) {
    static_assert(std::is_base_of_v<C, V>, "pgvista: this member belongs to another model");
    const auto filled = pgvista::field(static_cast<T V::*>(member), source);
    static_assert(model::covers<model::Owners<Parent>, decltype(filled)>,
                  "pgvista: this column belongs to a model that the query does not read");
    info_.fillings.push_back(
        {std::string(info_.name_at(filled.member.offset)), filled.node, E::level == model::Level::aggregate});
    return *this;
  }
  template <class T, model::Level L, class O>
  FieldByField& where(const Expression<T, L, O>& condition) {
    static_assert(L != model::Level::many, "pgvista: a filter through a Many member would give rows twice: use any()");
    static_assert(std::is_same_v<model::Bare<T>, bool> && L <= model::Level::many, "pgvista: a filter is a condition");
    static_assert(model::Covers<model::Owners<Parent>, O>::value,
                  "pgvista: this column belongs to a model that the query does not read");
    info_.source_filters.push_back(condition.node);
    return *this;
  }

 private:
  model::ModelInfo& info_;
};

/// What a model says of its view; what Table says of columns and indexes holds for it, too.
template <class V>
class View : public Builder<V, View<V>> {
 public:
  explicit View(model::ModelInfo& info) : Builder<V, View<V>>(info) { info.kind = model::Kind::view; }

  View& materialized(Maintenance maintenance = Maintenance::manual) {
    this->info_.kind = model::Kind::materialized;
    return setting("maintenance", model::toml(std::string(maintenance_names[static_cast<std::size_t>(maintenance)])));
  }
  /// Raw SQL: its columns are the struct's members, by name.
  View& sql(std::string text) {
    this->info_.sql = std::move(text);
    return *this;
  }
  /// A query: one field() for each member. Several views may share a struct: R is V, or a base of V that has all
  /// members.
  template <class R>
  View& as(const Selection<R>& query) {
    static_assert(std::is_base_of_v<R, V> &&
                      boost::mp11::mp_size<model::Members<R>>::value == boost::mp11::mp_size<model::Members<V>>::value,
                  "pgvista: the query gives rows of another struct than the view's");
    this->info_.query = model::with_row(query.spec(), &model::info<V>);
    return *this;
  }
  template <class... Ts>
  View& as(const Selection<std::tuple<Ts...>>&) {
    static_assert(
        sizeof...(Ts) > 100,
        "pgvista: a view gives rows of a struct: use into() with a field() for each member, in place of select()");
    return *this;
  }
  template <class Parent>
  FieldByField<V, Parent> source() {
    this->info_.source = &model::info<Parent>;
    return FieldByField<V, Parent>(this->info_);
  }

  /// The columns that tell rows apart; derived where it can be.
  template <class... Ps>
  View& key(Ps... members) {
    return setting("key", model::toml(this->columns(members...)));
  }
  /// `check` takes the program's word for these columns: they are never NULL, though the server cannot tell.
  template <class... Ps>
  View& never_null(Ps... members) {
    for (std::string& one : this->columns(members...)) this->info_.never_null.push_back(std::move(one));
    return *this;
  }
  View& with_data(bool populated) { return setting("with_data", populated ? "true" : "false"); }
  View& owner(const std::string& role) { return setting("owner", model::toml(role)); }
  /// Privileges as GRANT names them: grant("reporting", {"select"}).
  View& grant(const std::string& role, const std::vector<std::string>& privileges) {
    return setting("grants." + model::toml(role), model::toml(privileges));
  }
  View& storage(const std::string& parameter, std::int64_t value) {
    return setting("storage." + parameter, std::to_string(value));
  }
  View& tablespace(const std::string& name) { return setting("tablespace", model::toml(name)); }
  View& security_invoker(bool on = true) { return setting("security_invoker", on ? "true" : "false"); }
  View& security_barrier(bool on = true) { return setting("security_barrier", on ? "true" : "false"); }
  View& check_option(const std::string& local_or_cascaded) {
    return setting("check_option", model::toml(local_or_cascaded));
  }
  View& statement_timeout(const std::string& duration) { return setting("statement_timeout", model::toml(duration)); }
  View& renamed_from(const std::string& name) { return setting("renamed_from", model::toml(name)); }
  View& depends_on(const std::vector<std::string>& views) { return setting("depends_on", model::toml(views)); }
  /// For `watch`, of a view that is refreshed: "every 15m", "daily at 03:30 Europe/Berlin", a line of cron.
  View& schedule(const std::string& when) { return setting("schedule", model::toml(when)); }
  /// … and so long after its tables changed: "2s".
  View& refresh_on_change(const std::string& after) { return setting("refresh_on_change", model::toml(after)); }
  /// How old its rows may be for `status` and the API.
  View& max_staleness(const std::string& duration) { return setting("max_staleness", model::toml(duration)); }
  /// Programs that listen (Listener::on) hear of changed rows.
  View& notify(bool on = true) { return setting("notify", on ? "true" : "false"); }
  /// Any other key of a view file, its value as TOML.
  View& setting(std::string key, std::string value) {
    this->info_.settings.emplace_back(std::move(key), std::move(value));
    return *this;
  }
};

/// The definition as text, for whoever wants to run it himself.
struct ViewSql {
  std::string create;
  std::string drop;
  std::string refresh;  // "" of a plain view
};
namespace model {
ViewSql view_sql(const ModelInfo& info);
}
template <class V>
ViewSql view_sql() {
  return model::view_sql(model::info<V>());
}

}  // namespace pgvista
