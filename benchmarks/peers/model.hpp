#pragma once
// A network of a peer, ready to run: what the benchmark sees of it.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <new>
#include <span>
#include <string>
#include <vector>

namespace bench {

/// A tensor at the border of a network, and how it is stored: 'f' float32, 'i' int8, 'u' uint8 with
/// real = scale * (stored - zero_point).
struct border {
  std::string name;
  char type = 'f';
  float scale = 1.0F;
  int zero_point = 0;
  std::vector<std::int64_t> shape;

  [[nodiscard]] std::size_t elements() const {
    std::size_t n = 1;
    for (auto const extent : shape) n *= static_cast<std::size_t>(extent);
    return n;
  }
  [[nodiscard]] std::size_t bytes() const { return elements() * (type == 'f' ? sizeof(float) : 1); }
};

/// One line of the table of models that make_models.py writes (models.json).
struct model_file {
  std::filesystem::path path;
  std::string peer;     ///< onnxruntime, litert
  std::string name;     ///< the case it belongs to: f32, int8, call
  std::string variant;  ///< which form of it: u8s8_qdq, ..., empty where there is one
  border input, output;
};

/// Memory that a peer reads its input from or writes its output to: 64-byte aligned, padded to a cache line.
class tensor {
 public:
  explicit tensor(border b) : border_{std::move(b)}, bytes_{(border_.bytes() + 63) / 64 * 64} {
    data_ = static_cast<std::byte*>(::operator new (bytes_, std::align_val_t{64}));
    std::memset(data_, 0, bytes_);
  }
  tensor(tensor const&) = delete;
  tensor& operator=(tensor const&) = delete;
  ~tensor() { ::operator delete (data_, std::align_val_t{64}); }

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t padded_bytes() const { return bytes_; }
  [[nodiscard]] border const& form() const { return border_; }

  /// Stores `values`, quantised to nearest even and clipped where the tensor is quantised.
  void set(std::span<float const> values) {
    for (std::size_t i = 0; i < border_.elements(); ++i) {
      float const low = border_.type == 'u' ? 0.0F : -128.0F;
      float const q = std::nearbyint(values[i] / border_.scale) + static_cast<float>(border_.zero_point);
      float const clipped = std::fmin(std::fmax(q, low), low + 255.0F);
      if (border_.type == 'f') {
        reinterpret_cast<float*>(data_)[i] = values[i];
      } else {
        data_[i] = static_cast<std::byte>(static_cast<int>(clipped));
      }
    }
  }

  /// Element `i` as a real number.
  [[nodiscard]] float get(std::size_t i) const {
    if (border_.type == 'f') return reinterpret_cast<float const*>(data_)[i];
    int const stored = border_.type == 'u' ? static_cast<int>(data_[i]) : static_cast<std::int8_t>(data_[i]);
    return border_.scale * static_cast<float>(stored - border_.zero_point);
  }

 private:
  border border_;
  std::size_t bytes_;
  std::byte* data_;
};

}  // namespace bench
