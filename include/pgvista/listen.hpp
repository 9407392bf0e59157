#pragma once
// Hearing of changes without asking again and again.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <pgvista/model.hpp>

namespace pgvista {

/// A connection of its own that LISTENs. A view with notify tells of changed rows, once a transaction, when that
/// commits. What happens while nobody is connected is not heard of: read the view once after connecting.
class Listener {
 public:
  /// Throws Failure (connection_failed).
  explicit Listener(const std::string& url = {});
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Called when the view's rows have changed. Throws Failure (unknown_relation) when it is not in the database.
  template <class V>
  Listener& on(std::function<void()> handle) {
    return on_view(model::info<V>(), std::move(handle));
  }
  /// Any channel, for a program's own messages.
  Listener& on(const std::string& channel, std::function<void(const std::string& payload)> handle);

  /// Waits until something comes, at most so long, and calls the handlers of all that came; how many messages. A
  /// negative time: as long as it takes. Throws Failure (connection_lost).
  int wait(std::chrono::milliseconds at_most);

  /// The socket, for an event loop of one's own: when it can be read, call wait(0).
  int socket() const;

 private:
  Listener& on_view(const model::ModelInfo& info, std::function<void()> handle);
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace pgvista
