#include "examples/digits/engines.cpp"
