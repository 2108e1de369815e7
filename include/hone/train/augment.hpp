#pragma once
#include <hone/train/data.hpp>

namespace hone::inline HONE_ABI::train {

// Moves every image of a batch by up to `pixels` up or down and left or right, each image by its own random amount, parts
// of pixels included (bilinear); what comes in from outside is 0. For training_options::augment:
// `o.augment = train::random_shifts{0.7};`
struct random_shifts {
  double pixels{0.5};

  void operator()(data_set& batch, generator& draw) const {
    shape const s = batch.image_shape();
    std::vector<float> image(static_cast<std::size_t>(s.size()));
    for (std::size_t n = 0; n < batch.size(); ++n) {
      float* const to = batch.images.data() + n * image.size();
      std::copy_n(to, image.size(), image.data());
      double const down = draw.uniform(-pixels, pixels), right = draw.uniform(-pixels, pixels);
      for (int i = 0; i < s.h; ++i)
        for (int j = 0; j < s.w; ++j)
          for (int c = 0; c < s.c; ++c) to[(i * s.w + j) * s.c + c] = between(image.data(), s, i - down, j - right, c);
    }
  }

 private:
  static float between(float const* image, shape s, double i, double j, int c) {
    auto const top = static_cast<int>(std::floor(i)), left = static_cast<int>(std::floor(j));
    double const y = i - top, x = j - left;
    auto const at = [&](int row, int column) {
      bool const inside = row >= 0 && column >= 0 && row < s.h && column < s.w;
      return inside ? double(image[(row * s.w + column) * s.c + c]) : 0.0;
    };
    double const above = (1 - x) * at(top, left) + x * at(top, left + 1);
    double const below = (1 - x) * at(top + 1, left) + x * at(top + 1, left + 1);
    return static_cast<float>((1 - y) * above + y * below);
  }
};

}  // namespace hone::inline HONE_ABI::train
