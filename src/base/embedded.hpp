#pragma once
// Texts that are put into the program at build time (cmake/Embed.cmake): of the schema pgvista, of
// examples/rooms, and of the admin page.

#include <span>

namespace pgvista::embedded {

/// What leads from each version of the schema pgvista to the next; the first makes the first.
std::span<const char* const> ledger_steps();
extern const char* const runtime_statement;
extern const char* const runtime_turns;
extern const char* const runtime_pace;
extern const char* const runtime_clock;
extern const char* const runtime_maintenance;
extern const char* const runtime_stop;
extern const char* const runtime_deferred;
extern const char* const runtime_rights;
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
