#pragma once
// Texts that are put into the program at build time (cmake/Embed.cmake): of examples/rooms, and of the admin page.

namespace pgvista::embedded {

extern const char* const rooms_schema;
extern const char* const rooms_generate;
extern const char* const rooms_view;
extern const char* const rooms_one_room;
extern const char* const web_style;
extern const char* const web_script;
extern const char* const web_htmx;
extern const char* const web_uplot;
extern const char* const web_uplot_style;

}  // namespace pgvista::embedded
