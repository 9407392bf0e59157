#pragma once
// What a role is told of the database beside rows: the description of the API, and the names that an error mentions.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "rest/error.hpp"
#include "server/shared.hpp"

namespace pgvista::server {

/// For the loop of one server. What it has made is kept for a few roles, until the catalogue was read again.
class Told {
 public:
  /// OpenAPI, with what the role has a right to.
  const std::string& description(const std::shared_ptr<const Served>& served, const std::string& role);
  /// The same refusal, with the names alone that the role may know. `plan`: what was refused, over another model.
  rest::Refusal in_other_words(const std::shared_ptr<const Served>& served, const std::string& role,
                               const rest::Refusal& refusal, const std::function<void(const rest::Model&)>& plan);
  /// What is served under this name in the default schema, as far as the role may know; null where it may not.
  const schema::ApiRelation* relation(const std::shared_ptr<const Served>& served, const std::string& role,
                                      const std::string& name);

 private:
  struct Known {
    std::unique_ptr<rest::Model> model;
    std::string description;
  };
  Known& known(const std::shared_ptr<const Served>& served, const std::string& role);

  std::shared_ptr<const Served> of_;
  std::map<std::string, Known> by_role_;
};

}  // namespace pgvista::server
