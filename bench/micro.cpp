// What reading a definition costs: the rooms query, 3.5 kB.

#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>

#include "analyze/dependencies.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"

namespace {

std::string rooms_query() {
  std::ifstream file(PGVISTA_SOURCE_DIR "/examples/rooms/views/rooms_related_objects.sql");
  return {std::istreambuf_iterator<char>(file), {}};
}

void parse_rooms(benchmark::State& state) {
  const std::string text = rooms_query();
  for (auto _ : state) benchmark::DoNotOptimize(pgvista::parse::parse_select(text));
}
BENCHMARK(parse_rooms)->Unit(benchmark::kMillisecond);

void analyse_rooms(benchmark::State& state) {
  const auto query = pgvista::parse::parse_select(rooms_query());
  for (auto _ : state) benchmark::DoNotOptimize(pgvista::analyze::dependencies(query));
}
BENCHMARK(analyse_rooms)->Unit(benchmark::kMillisecond);

void print_rooms(benchmark::State& state) {
  const auto query = pgvista::parse::parse_select(rooms_query());
  for (auto _ : state) benchmark::DoNotOptimize(pgvista::sql::print(query));
}
BENCHMARK(print_rooms)->Unit(benchmark::kMillisecond);

void parse_analyse_print_rooms(benchmark::State& state) {
  const std::string text = rooms_query();
  for (auto _ : state) {
    const auto query = pgvista::parse::parse_select(text);
    benchmark::DoNotOptimize(pgvista::analyze::dependencies(query));
    benchmark::DoNotOptimize(pgvista::sql::print(query));
  }
}
BENCHMARK(parse_analyse_print_rooms)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
