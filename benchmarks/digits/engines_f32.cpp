#include "examples/digits/engines_f32.cpp"
