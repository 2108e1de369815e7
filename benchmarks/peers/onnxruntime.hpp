#pragma once
// ONNX Runtime out of its Python wheel, through its C API: one thread, sequential, every graph optimisation,
// input and output bound once, so that one call is one OrtApi::RunWithBinding (0.15 us less than OrtApi::Run).
//
// The wheel carries the library (it exports OrtGetApiBase) and no header. The API is a table of function
// pointers whose order never changes: new functions are appended, and ONNX Runtime itself asserts the offsets
// at the end of each version. The slots below lie in its versions 1 to 5.
#include <cstdint>
#include <filesystem>
#include <string>

#include "library.hpp"
#include "model.hpp"

namespace bench {

class onnxruntime {
 public:
  /// Opens `path` and makes the one environment of the process. Throws absent if it is not an ONNX Runtime 1.x.
  explicit onnxruntime(std::filesystem::path const& path) : library_{path} {
    auto const* base = library_.get<api_base const*()>("OrtGetApiBase")();
    version_ = base->version();
    if (!version_.starts_with("1.")) throw absent{"ONNX Runtime " + version_ + ": only the table of 1.x is known"};
    table_ = base->table(api_version);
    if (table_ == nullptr)
      throw absent{"ONNX Runtime " + version_ + " has no API version " + std::to_string(api_version)};
    check(call<create_env>(log_errors, "bench", &environment_));
  }

  /// The library in the package that `python` has installed.
  static std::filesystem::path find(std::string const& python) {
    return file_starting(python_package(python, "onnxruntime") / "capi", "libonnxruntime.so");
  }

  [[nodiscard]] std::string const& version() const { return version_; }

  class model;

 private:
  using status = void*;
  struct api_base {
    void* const* (*table)(std::uint32_t version);
    char const* (*version)();
  };
  static constexpr std::uint32_t api_version = 5;

  // Indices into OrtApi.
  enum slot : std::size_t {
    get_error_message = 2,
    create_env = 3,
    create_session = 7,
    create_session_options = 10,
    set_execution_mode = 13,
    set_optimization_level = 23,
    set_intra_threads = 24,
    set_inter_threads = 25,
    create_run_options = 39,
    create_tensor_with_data = 49,
    create_cpu_memory_info = 69,
    release_status = 93,
    release_memory_info = 94,
    release_session = 95,
    release_value = 96,
    release_run_options = 97,
    release_session_options = 100,
    run_with_binding = 133,
    create_binding = 134,
    release_binding = 135,
    bind_input = 136,
    bind_output = 137,
  };

  // Values of the enumerations that the calls take.
  static constexpr int log_errors = 3, sequential = 0, optimise_all = 99, device_allocator = 0, default_memory = 0;
  static constexpr int element_type(char type) { return type == 'f' ? 1 : type == 'u' ? 2 : 3; }

  template <slot Slot, class... Arguments>
  status call(Arguments... arguments) const {
    return reinterpret_cast<status (*)(Arguments...)>(table_[Slot])(arguments...);
  }

  template <slot Slot>
  void release(void* object) const {
    if (object != nullptr) reinterpret_cast<void (*)(void*)>(table_[Slot])(object);
  }

  void check(status failed) const {
    if (failed == nullptr) return;
    std::string const message = reinterpret_cast<char const* (*)(void*)>(table_[get_error_message])(failed);
    release<release_status>(failed);
    throw absent{"ONNX Runtime: " + message};
  }

  library library_;
  std::string version_;
  void* const* table_ = nullptr;
  void* environment_ = nullptr;
};

/// One network. The library must outlive it.
class onnxruntime::model {
 public:
  model(onnxruntime const& api, model_file const& file) : api_{api}, input_{file.input}, output_{file.output} {
    void* options = nullptr;
    api.check(api.call<create_session_options>(&options));
    api.check(api.call<set_execution_mode>(options, sequential));
    api.check(api.call<set_optimization_level>(options, optimise_all));
    api.check(api.call<set_intra_threads>(options, 1));
    api.check(api.call<set_inter_threads>(options, 1));
    status const made = api.call<create_session>(api.environment_, file.path.c_str(), options, &session_);
    api.release<release_session_options>(options);
    api.check(made);
    api.check(api.call<create_cpu_memory_info>(device_allocator, default_memory, &memory_));
    api.check(api.call<create_run_options>(&run_options_));
    api.check(api.call<create_binding>(session_, &binding_));
    input_value_ = wrap(input_);
    output_value_ = wrap(output_);
    api.check(api.call<bind_input>(binding_, input_.form().name.c_str(), input_value_));
    api.check(api.call<bind_output>(binding_, output_.form().name.c_str(), output_value_));
  }
  model(model const&) = delete;
  model& operator=(model const&) = delete;
  ~model() {
    api_.release<release_binding>(binding_);
    api_.release<release_run_options>(run_options_);
    api_.release<release_value>(input_value_);
    api_.release<release_value>(output_value_);
    api_.release<release_memory_info>(memory_);
    api_.release<release_session>(session_);
  }

  [[nodiscard]] tensor& input() { return input_; }
  [[nodiscard]] tensor const& output() const { return output_; }

  /// One inference, input() to output().
  void operator()() { api_.check(api_.call<run_with_binding>(session_, run_options_, binding_)); }

 private:
  /// A tensor of the library's over the memory of `t`.
  void* wrap(tensor const& t) {
    void* value = nullptr;
    border const& form = t.form();
    api_.check(api_.call<create_tensor_with_data>(
        memory_, t.data(), form.bytes(), form.shape.data(), form.shape.size(), element_type(form.type), &value));
    return value;
  }

  onnxruntime const& api_;
  tensor input_, output_;
  void* session_ = nullptr;
  void* memory_ = nullptr;
  void* run_options_ = nullptr;
  void* binding_ = nullptr;
  void* input_value_ = nullptr;
  void* output_value_ = nullptr;
};

}  // namespace bench
