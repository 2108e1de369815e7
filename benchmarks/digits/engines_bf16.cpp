#include "examples/digits/engines_bf16.cpp"
