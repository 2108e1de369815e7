#include "examples/digits/engines_int8.cpp"
