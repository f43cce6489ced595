// toml++'s own way to be compiled once into a program, instead of its shared library.
#define TOML_IMPLEMENTATION
#include <toml++/toml.h>
