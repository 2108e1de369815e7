#pragma once
#include <hone/core/error.hpp>
#include <hone/core/hash.hpp>
#include <hone/core/shape.hpp>
#include <hone/train/generator.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>
#include <xtensor/xtensor.hpp>

namespace hone::inline HONE_ABI::train {

// Labelled images: [image][row][column][channel], and a class in [0, classes) for each.
struct data_set {
  xt::xtensor<float, 4> images{};
  xt::xtensor<std::int32_t, 1> labels{};
  int classes{};

  std::size_t size() const { return labels.size(); }
  shape image_shape() const {
    auto const extent = [&](std::size_t i) { return static_cast<std::int32_t>(images.shape()[i]); };
    return {extent(1), extent(2), extent(3)};
  }
  // The examples of these indices, in this order.
  data_set pick(std::size_t const* first, std::size_t const* last) const {
    data_set d{xt::xtensor<float, 4>::from_shape(
                   {static_cast<std::size_t>(last - first), images.shape()[1], images.shape()[2], images.shape()[3]}),
               xt::xtensor<std::int32_t, 1>::from_shape({static_cast<std::size_t>(last - first)}), classes};
    auto const size = static_cast<std::size_t>(image_shape().size());
    for (std::size_t i = 0; i < d.size(); ++i) {
      std::copy_n(images.data() + first[i] * size, size, d.images.data() + i * size);
      d.labels.data()[i] = labels.data()[first[i]];
    }
    return d;
  }
};

// Raises unless d holds at least one image of shape `of`, every pixel finite, every label one of `classes`.
inline void check_data(data_set const& d, shape of, int classes) {
  char const* const what = "cannot use a data set";
  if (d.size() == 0) raise(what, "it holds no examples", "hone::train", "give it at least one image with its label");
  if (d.images.shape()[0] != d.size())
    raise(what, message() << d.images.shape()[0] << " images came with " << d.size() << " labels", "hone::train",
          "give every image one label");
  shape const s = d.image_shape();
  if (s != of)
    raise(what,
          message() << "its images are " << s.h << "x" << s.w << "x" << s.c << ", the network takes " << of.h << "x"
                    << of.w << "x" << of.c,
          "hone::train", "reshape the images to rows, columns, channels, or change the network's input");
  for (std::size_t i = 0; i < d.size(); ++i)
    if (std::int32_t const l = d.labels.data()[i]; l < 0 || l >= classes)
      raise(what, message() << "label " << l << " of example " << i << " is not in 0.." << classes - 1, "hone::train",
            "number the classes from 0, one for each output of the network");
  std::size_t const pixels = static_cast<std::size_t>(of.size());
  for (std::size_t i = 0; i < d.images.size(); ++i)
    if (!std::isfinite(d.images.data()[i]))
      raise(what, message() << "example " << i / pixels << " holds a NaN or an infinity", "hone::train",
            "repair or remove the example");
}

// A hash of the examples and their order, for provenance.
inline std::uint64_t fingerprint(data_set const& d) {
  hasher h;
  for (float v : d.images) h.add(v);
  for (std::int32_t l : d.labels) h.add(static_cast<std::uint64_t>(l));
  return h.value();
}

struct csv_format {
  shape image{};
  float scale{1};  // pixels are multiplied by this
  int classes{};   // 0: the largest label and one
};

namespace detail {
inline float csv_number(char const*& p, char const* end, std::string const& where) {
  while (p != end && (*p == ' ' || *p == '\t')) ++p;
  float v{};
  auto const [rest, failed] = std::from_chars(p, end, v);
  if (failed != std::errc{} || !std::isfinite(v)) {
    std::string const text(p, std::min(std::find(p, end, ','), p + 20));
    raise("cannot read a data set", message() << "'" << text.c_str() << "' is not a finite number", where.c_str(),
          "write plain numbers separated by commas, without a header line");
  }
  p = rest;
  while (p != end && (*p == ' ' || *p == '\t' || *p == '\r')) ++p;
  return v;
}
}  // namespace detail

// Reads a text file with one example a line: the pixels in rows, columns, channels, then the label, separated by commas.
// Empty lines are skipped. Raises, with file and line, on anything else.
inline data_set load_csv(std::string const& path, csv_format const& f) {
  std::ifstream file(path);
  if (!file) raise("cannot read a data set", "the file does not open", path.c_str(), "check its name and permissions");
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
  std::string line;
  constexpr int most_classes = 1 << 20;
  int const columns = f.image.size() + 1;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    std::string const where = path + ":" + std::to_string(number);
    auto const found = static_cast<int>(std::count(line.begin(), line.end(), ',')) + 1;
    if (found != columns)
      raise("cannot read a data set",
            message() << found << " numbers in the line, wanted " << columns - 1 << " pixels and a label",
            where.c_str(), "give the shape of the images that the file holds");
    char const *p = line.data(), *const end = p + line.size();
    for (int c = 0; c < columns - 1; ++c) {
      pixels.push_back(f.scale * detail::csv_number(p, end, where));
      if (p != end && *p == ',') ++p;
    }
    float const label = detail::csv_number(p, end, where);
    if (p != end)
      raise("cannot read a data set", message() << "'" << std::string(p, end).c_str() << "' follows the label",
            where.c_str(), "separate numbers by commas");
    if (label < 0 || label >= static_cast<float>(f.classes > 0 ? f.classes : most_classes) ||
        label != std::floor(label))
      raise("cannot read a data set",
            message() << "the label is not a class in 0.." << (f.classes > 0 ? f.classes : most_classes) - 1,
            where.c_str(), "number the classes from 0 and put the label last");
    labels.push_back(static_cast<std::int32_t>(label));
  }
  if (file.bad()) raise("cannot read a data set", "reading failed before the end", path.c_str(), "check the disk");
  if (labels.empty())
    raise("cannot read a data set", "it holds no examples", path.c_str(), "give a file with one example a line");
  auto const side = [](std::int32_t v) { return static_cast<std::size_t>(v); };
  data_set d{xt::xtensor<float, 4>::from_shape({labels.size(), side(f.image.h), side(f.image.w), side(f.image.c)}),
             xt::xtensor<std::int32_t, 1>::from_shape({labels.size()}),
             f.classes > 0 ? f.classes : *std::max_element(labels.begin(), labels.end()) + 1};
  std::copy(pixels.begin(), pixels.end(), d.images.data());
  std::copy(labels.begin(), labels.end(), d.labels.data());
  return d;
}

struct divided {
  data_set train{}, test{};
};
// A random `share` of the examples (rounded down) to train with, the rest to test; the seed alone decides which.
inline divided split(data_set const& d, double share, std::uint64_t seed) {
  bool const sensible = share > 0 && share < 1;
  auto const n = sensible ? static_cast<std::size_t>(share * static_cast<double>(d.size())) : 0;
  if (n == 0 || n == d.size())
    raise("cannot split a data set", message() << n << " of " << d.size() << " examples would be for training",
          "hone::train::split", "take a share between 0 and 1 that leaves examples on both sides");
  std::vector<std::size_t> order(d.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  generator(seed).shuffle(order.begin(), order.end());
  return {d.pick(order.data(), order.data() + n), d.pick(order.data() + n, order.data() + order.size())};
}

}  // namespace hone::inline HONE_ABI::train
