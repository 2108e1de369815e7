// hone-import: an ONNX network as a model type: a header, and its weights beside it or inside the program.
#include <hone/io/model_header.hpp>
#include <hone/io/weights.hpp>

#include <cstdio>
#include <filesystem>

#include "tools/support/network_file.hpp"
#include "tools/support/program.hpp"

namespace {

namespace fs = std::filesystem;

struct command {
  std::string model, output, name;
  tools::import_flags flags;
  bool embed{};
};

// The model type's name: as given, or from the file's; a C++ identifier.
std::string type_name(command const& c) {
  std::string const name = c.name.empty() ? fs::path(c.output).stem().string() : c.name;
  bool good = !name.empty() && (name[0] < '0' || name[0] > '9');
  for (char const ch : name)
    good = good && ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_');
  if (!good)
    tools::refuse_option(c.name.empty() ? "-o " + c.output : "--name " + c.name,
                         "'" + name + "' names the model type, and is no C++ identifier", "give one: --name kws");
  return name;
}

// The files: <header>, and beside it the weights and, where they are embedded, the source that embeds them. None of
// their texts has the path of a folder, so that they can be moved together.
struct paths {
  fs::path header, weights, source;

  explicit paths(std::string const& output) : header(output), weights(output), source(output) {
    std::string const kind = header.extension().string();
    if (header.filename().empty() || kind == ".safetensors" || kind == ".cpp")
      tools::refuse_option("-o " + output, "it names the header", "end it with .hpp");
    weights.replace_extension(".safetensors"), source.replace_extension(".cpp");
  }
};

std::string quoted(fs::path const& p) { return hone::io::detail::cpp_text::quoted(p.filename().string()); }
// What the compiler may be told the path of the weights by.
std::string definition(std::string const& name) { return "HONE_WEIGHTS_OF_" + name; }

// Where the program finds the weights.
std::string weights_declaration(command const& c, std::string const& name, paths const& to) {
  if (c.embed)
    return "\n#include <cstddef>\n#include <span>\n\n// The parameters, a safetensors file, as a part of the program "
           "(" +
           to.source.filename().string() + ").\nstd::span<std::byte const> " + name + "_weights();\n";
  return "\n// The parameters, a safetensors file: where the compiler is told by -D" + definition(name) +
         "='\"...\"' that it is when the\n// program runs, else beside this header.\n#ifdef " + definition(name) +
         "\ninline constexpr char const* " + name + "_weights_path = " + definition(name) +
         ";\n#else\n#include <hone/core/beside.hpp>\ninline constexpr auto " + name +
         "_weights_beside = hone::beside(__FILE__, " + quoted(to.weights) + ");\ninline constexpr char const* " + name +
         "_weights_path = " + name + "_weights_beside.data();\n#endif\n";
}
// A source file that holds the weights' bytes.
std::string embedded(std::string const& name, paths const& to) {
  return "// Written by hone-import: the parameters of " + name + ". The assembler looks for " +
         to.weights.filename().string() + " in the folders of -I,\n// or where the compiler is told by -D" +
         definition(name) + "='\"...\"' that it is.\n#include " + quoted(to.header) + "\n\n#ifndef " +
         definition(name) + "\n#define " + definition(name) + " " + quoted(to.weights) +
         "\n#endif\nasm(\".pushsection .rodata\\n.balign 64\\n" + name + "_weights_begin:\\n.incbin \\\"\" " +
         definition(name) + " \"\\\"\\n" + name + "_weights_end:\\n.byte 0\\n.popsection\");\n\n" +
         "extern \"C\" {\nextern std::byte const " + name + "_weights_begin[];\nextern std::byte const " + name +
         "_weights_end[];\n}\n\nstd::span<std::byte const> " + name + "_weights() { return {" + name +
         "_weights_begin, " + name + "_weights_end}; }\n";
}
void write(fs::path const& path, std::string const& text) {
  hone::io::write_file(path.string(), std::as_bytes(std::span(text)), "cannot write the model");
}

void run(command const& c) {
  std::string const name = type_name(c);
  paths const to(c.output);
  tools::network_file const file(c.model);
  hone::network const n = hone::io::with_own_layers(file.load(c.flags));
  std::string const header =
      hone::io::model_header(n.graph, {name, fs::path(c.model).filename().string()}) + weights_declaration(c, name, to);
  std::vector<fs::path> added;  // where an error comes between: half a model is none
  auto const adding = [&](fs::path const& path) -> fs::path const& {
    if (!fs::exists(path)) added.push_back(path);
    return path;
  };
  try {
    hone::io::save_weights(adding(to.weights).string(), n.weights);
    if (c.embed) write(adding(to.source), embedded(name, to));
    write(to.header, header);
  } catch (...) {
    std::error_code ignored;
    for (fs::path const& path : added) fs::remove(path, ignored);
    throw;
  }
  std::printf("%s: %zu operations, %zu tensors of %zu bytes in %s\n", to.header.c_str(), n.graph.ops.size(),
              n.weights.size(), n.weights.bytes(), to.weights.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Writes an ONNX network as a C++ header with a Hone model type, and its weights", "hone-import"};
  command c;
  app.add_option("model", c.model, "the ONNX file")->type_name("FILE")->required();
  app.add_option("-o,--output", c.output, "the header to write; the weights go beside it (.safetensors)")
      ->required()
      ->type_name("FILE.hpp");
  app.add_option("--name", c.name, "the model type (the header's name)");
  app.add_flag("--embed", c.embed, "write a .cpp file, too, that makes the weights a part of the program");
  c.flags.add_to(app);
  return tools::run_program(app, argc, argv, [&] { run(c); });
}
