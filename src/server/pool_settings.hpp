#pragma once
// What the connections of one loop are, by the settings of the server.

#include "server/pool.hpp"
#include "server/shared.hpp"

namespace pgvista::server {

PoolSettings pool_settings(const Shared& shared);

}  // namespace pgvista::server
