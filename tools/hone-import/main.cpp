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
  std::string name = c.name.empty() ? fs::path(c.output).stem().string() : c.name;
  bool good = !name.empty() && (name[0] < '0' || name[0] > '9');
  for (char const ch : name)
    good = good && ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_');
  if (!good)
    hone::raise("cannot name the model", hone::message() << "'" << name.c_str() << "' is no C++ identifier", "--name",
                "give one: --name kws");
  return name;
}

std::string quoted(std::string const& s) { return hone::io::detail::cpp_text::quoted(s); }

// Where the header finds the weights.
std::string weights_declaration(command const& c, std::string const& name, fs::path const& weights) {
  if (c.embed)
    return "\n#include <cstddef>\n#include <span>\n\n// The parameters, a safetensors file, as a part of the program "
           "(" +
           name + ".cpp).\nstd::span<std::byte const> " + name + "_weights();\n";
  return "\n// The parameters, a safetensors file.\ninline constexpr char const* " + name +
         "_weights_path = " + quoted(fs::absolute(weights).string()) + ";\n";
}
// A source file that holds the weights' bytes.
std::string embedded(std::string const& name, fs::path const& weights) {
  return "// Written by hone-import: the parameters of " + name + ".\n#include \"" + name + ".hpp\"\n\n" +
         "asm(R\"(.pushsection .rodata\n.balign 64\n" + name + "_weights_begin:\n.incbin " +
         quoted(fs::absolute(weights).string()) + "\n" + name + "_weights_end:\n.byte 0\n.popsection)\");\n\n" +
         "extern \"C\" {\nextern std::byte const " + name + "_weights_begin[];\nextern std::byte const " + name +
         "_weights_end[];\n}\n\nstd::span<std::byte const> " + name + "_weights() { return {" + name +
         "_weights_begin, " + name + "_weights_end}; }\n";
}
void write(fs::path const& path, std::string const& text) {
  hone::io::write_file(path.string(), std::as_bytes(std::span(text)), "cannot write the model");
}

void run(command const& c) {
  std::string const name = type_name(c);
  hone::network const n = hone::io::with_own_layers(tools::load_network(c.model, c.flags));
  fs::path const header = c.output, weights = fs::path(c.output).replace_extension(".safetensors");
  hone::io::save_weights(weights.string(), n.weights);
  std::string const source = fs::path(c.model).filename().string();
  write(header, hone::io::model_header(n.graph, {name, source}) + weights_declaration(c, name, weights));
  if (c.embed) write(fs::path(c.output).replace_extension(".cpp"), embedded(name, weights));
  std::printf("%s: %zu operations, %zu tensors of %zu bytes in %s\n", header.c_str(), n.graph.ops.size(),
              n.weights.size(), n.weights.bytes(), weights.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Writes an ONNX network as a C++ header with a Hone model type, and its weights"};
  command c;
  app.add_option("model", c.model, "the ONNX file")->required();
  app.add_option("-o,--output", c.output, "the header to write; the weights go beside it (.safetensors)")->required();
  app.add_option("--name", c.name, "the model type (the header's name)");
  app.add_flag("--embed", c.embed, "write a .cpp file, too, that makes the weights a part of the program");
  c.flags.add_to(app);
  CLI11_PARSE(app, argc, argv);
  return tools::run_program("hone-import", [&] { run(c); });
}
