#include "cli/command.hpp"

int main(int argc, char** argv) { return pgvista::cli::run(argc, argv); }
