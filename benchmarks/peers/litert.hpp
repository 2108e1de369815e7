#pragma once
// LiteRT out of its Python wheel, through its C API: one thread, XNNPACK, input and output bound once, so that
// one call is one LiteRtRunCompiledModel.
//
// The wheel's libLiteRt.so exports the LiteRt* functions and none of the older TfLite* ones (the interpreter is
// linked into the Python extension and not exported), so the compiled model is as close to C as it allows.
// Options travel as a TOML text under the accelerator's name: that is what LiteRT's own option builders, which
// the library does not export, produce. One thread is also what it defaults to.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "library.hpp"
#include "model.hpp"

namespace bench {

class litert {
 public:
  /// Opens `path` and makes the one environment of the process. Throws absent where it is not a LiteRT library
  /// of the known interface: 2.3 and later (before, models were made without an environment). A library outside a
  /// Python package tells no version and is taken to be new enough.
  explicit litert(std::filesystem::path const& path) : library_{path}, version_{package_version(path.parent_path())} {
    if (int major = 0, minor = 0; std::sscanf(version_.c_str(), "%d.%d", &major, &minor) == 2) {
      if (major != 2 || minor < 3)
        throw absent{"LiteRT " + version_ + ": only the interface of 2.3 and later is known"};
    }
    environment_option const options[] = {{only_accelerator, {integer, cpu}}, {least_severity, {integer, errors}}};
    check(create_environment_(2, &options[0], &environment_), "create an environment");
  }

  /// The library in the package that `python` has installed.
  static std::filesystem::path find(std::string const& python) {
    return file_starting(python_package(python, "ai_edge_litert"), "libLiteRt.so");
  }

  [[nodiscard]] std::string const& version() const { return version_; }

  class model;

 private:
  using handle = struct opaque*;
  using status = int;
  enum : int { ok = 0, cpu = 1, errors = 3 };

  /// An option of the environment, its value a tagged union (here always an integer).
  struct environment_option {
    int tag;
    struct {
      int type;
      std::int64_t integer;
    } value;
  };
  enum : int { only_accelerator = 24, least_severity = 25, integer = 2 };

  struct ranked_type {
    int element;
    std::uint32_t rank;  // 7 bits, then the flag "has strides"
    std::int32_t dimensions[8];
    std::uint32_t strides[8];
  };
  static_assert(sizeof(ranked_type) == 72, "the layout that LiteRT documents as stable");
  static constexpr int element_type(char type) { return type == 'f' ? 1 : type == 'u' ? 3 : 9; }

  static void check(status s, char const* what) {
    if (s != ok) throw absent{std::string{"LiteRT cannot "} + what + ": status " + std::to_string(s)};
  }

  /// An exported function, called like one.
  template <class Function>
  struct symbol {
    symbol(library const& from, char const* name) : function{from.get<Function>(name)} {}
    operator Function*() const { return function; }
    Function* function;
  };

  library library_;
  std::string version_;
  handle environment_ = nullptr;
  symbol<status(int, environment_option const*, handle*)> create_environment_{library_, "LiteRtCreateEnvironment"};
  symbol<status(handle, char const*, handle*)> create_model_{library_, "LiteRtCreateModelFromFile"};
  symbol<void(handle)> destroy_model_{library_, "LiteRtDestroyModel"};
  symbol<status(handle*)> create_options_{library_, "LiteRtCreateOptions"};
  symbol<void(handle)> destroy_options_{library_, "LiteRtDestroyOptions"};
  symbol<status(handle, int)> set_accelerators_{library_, "LiteRtSetOptionsHardwareAccelerators"};
  symbol<status(char const*, void*, void (*)(void*), handle*)> create_opaque_{library_, "LiteRtCreateOpaqueOptions"};
  symbol<status(handle, handle)> add_opaque_{library_, "LiteRtAddOpaqueOptions"};
  symbol<status(handle, handle, handle, handle*)> compile_{library_, "LiteRtCreateCompiledModel"};
  symbol<void(handle)> destroy_compiled_{library_, "LiteRtDestroyCompiledModel"};
  symbol<status(ranked_type const*, void*, std::size_t, void (*)(void*), handle*)> create_buffer_{
      library_, "LiteRtCreateTensorBufferFromHostMemory"};
  symbol<void(handle)> destroy_buffer_{library_, "LiteRtDestroyTensorBuffer"};
  symbol<status(handle, std::size_t, std::size_t, handle*, std::size_t, handle*)> run_{
      library_, "LiteRtRunCompiledModel"};
};

/// One network. The library must outlive it.
class litert::model {
 public:
  model(litert const& api, model_file const& file) : api_{api}, input_{file.input}, output_{file.output} {
    check(api.create_model_(api.environment_, file.path.c_str(), &model_), "read the model");
    handle options = nullptr, threads = nullptr;
    check(api.create_options_(&options), "make options");
    check(api.set_accelerators_(options, static_cast<int>(cpu)), "choose the CPU");
    check(api.create_opaque_("xnnpack", ::strdup("num_threads = 1\n"), std::free, &threads), "make CPU options");
    check(api.add_opaque_(options, threads), "add CPU options");
    status const compiled = api.compile_(api.environment_, model_, options, &compiled_);
    api.destroy_options_(options);
    check(compiled, "compile the model");
    input_buffer_ = bind(input_);
    output_buffer_ = bind(output_);
  }
  model(model const&) = delete;
  model& operator=(model const&) = delete;
  ~model() {
    if (input_buffer_ != nullptr) api_.destroy_buffer_(input_buffer_);
    if (output_buffer_ != nullptr) api_.destroy_buffer_(output_buffer_);
    if (compiled_ != nullptr) api_.destroy_compiled_(compiled_);
    if (model_ != nullptr) api_.destroy_model_(model_);
  }

  [[nodiscard]] tensor& input() { return input_; }
  [[nodiscard]] tensor const& output() const { return output_; }

  /// One inference, input() to output().
  void operator()() {
    check(api_.run_(compiled_, std::size_t{0}, std::size_t{1}, &input_buffer_, std::size_t{1}, &output_buffer_),
          "run the model");
  }

 private:
  handle bind(tensor const& t) {
    ranked_type type{};
    type.element = element_type(t.form().type);
    type.rank = static_cast<std::uint32_t>(t.form().shape.size());
    for (std::size_t i = 0; i < t.form().shape.size(); ++i) {
      type.dimensions[i] = static_cast<std::int32_t>(t.form().shape[i]);
    }
    handle buffer = nullptr;
    check(api_.create_buffer_(&type, t.data(), t.padded_bytes(), nullptr, &buffer), "bind a tensor");
    return buffer;
  }

  litert const& api_;
  tensor input_, output_;
  handle model_ = nullptr;
  handle compiled_ = nullptr;
  handle input_buffer_ = nullptr;
  handle output_buffer_ = nullptr;
};

}  // namespace bench
