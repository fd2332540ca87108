// The tests' main, in a file of its own since it takes long to compile.
#if __has_include(<catch2/catch.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>  // version 2: Debian 12
#else
#include <catch2/catch_session.hpp>  // version 3: Ubuntu 24.04, Debian 13

int main(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }
#endif
