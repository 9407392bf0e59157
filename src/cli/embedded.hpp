#pragma once
// Texts of examples/rooms, put into the program at build time (cmake/Embed.cmake).

namespace pgvista::cli::embedded {

extern const char* const rooms_schema;
extern const char* const rooms_generate;
extern const char* const rooms_view;
extern const char* const rooms_one_room;

}  // namespace pgvista::cli::embedded
