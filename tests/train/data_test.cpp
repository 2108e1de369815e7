#include <hone/train/data.hpp>

#include <unistd.h>

#include <filesystem>
#include <set>

#include "catch2.hpp"

using namespace hone;
using train::data_set;

namespace {

// A text file that lives as long as this.
struct text_file {
  std::filesystem::path path;
  explicit text_file(std::string const& content) {
    static int number = 0;
    path = std::filesystem::temp_directory_path() /
           ("hone_data_test_" + std::to_string(::getpid()) + "_" + std::to_string(number++) + ".csv");
    std::ofstream(path) << content;
  }
  ~text_file() { std::filesystem::remove(path); }
  std::string name() const { return path.string(); }
};

std::string message_of(std::string const& content, train::csv_format const& f = {{1, 2, 1}, 1, 3}) {
  text_file const file(content);
  try {
    train::load_csv(file.name(), f);
  } catch (error const& e) {
    return e.what();
  }
  return "no error";
}

data_set counting(std::size_t n) {
  data_set d{xt::xtensor<float, 4>::from_shape({n, 2, 1, 1}), xt::xtensor<std::int32_t, 1>::from_shape({n}), 5};
  for (std::size_t i = 0; i < n; ++i) {
    d.images.data()[2 * i] = static_cast<float>(i), d.images.data()[2 * i + 1] = -static_cast<float>(i);
    d.labels.data()[i] = static_cast<std::int32_t>(i % 5);
  }
  return d;
}

}  // namespace

TEST_CASE("a CSV file becomes images and labels") {
  text_file const file("0,16,2\n\n 8 , 4.5,0\r\n-1,1e1,1");
  data_set const d = train::load_csv(file.name(), {{2, 1, 1}, 0.5f, 0});
  REQUIRE(d.size() == 3);
  CHECK(d.classes == 3);
  CHECK(d.image_shape() == shape{2, 1, 1});
  CHECK(std::vector<float>(d.images.begin(), d.images.end()) == std::vector<float>{0, 8, 4, 2.25f, -0.5f, 5});
  CHECK(std::vector<int>(d.labels.begin(), d.labels.end()) == std::vector<int>{2, 0, 1});
}

TEST_CASE("a bad CSV file is an error that names the line and the fix") {
  CHECK_THAT(message_of("1,2,0\n1,2\n"), Contains("2 numbers in the line") && Contains(".csv:2"));
  CHECK_THAT(message_of("1,2,3,0\n"), Contains("4 numbers"));
  CHECK_THAT(message_of("1,x,0\n"), Contains("'x' is not a finite number") && Contains(".csv:1"));
  CHECK_THAT(message_of("1,,0\n"), Contains("not a finite number"));
  CHECK_THAT(message_of("nan,1,0\n"), Contains("not a finite number"));
  CHECK_THAT(message_of("1,1e99,0\n"), Contains("not a finite number"));
  CHECK_THAT(message_of("1,2,3\n"), Contains("not a class in 0..2"));
  CHECK_THAT(message_of("1,2,-1\n"), Contains("not a class"));
  CHECK_THAT(message_of("1,2,0.5\n"), Contains("not a class"));
  CHECK_THAT(message_of("1,2,0 1\n"), Contains("follows the label"));
  CHECK_THAT(message_of("a,b,c\n1,2,0\n"), Contains("'a' is not") && Contains("header"));
  CHECK_THAT(message_of(""), Contains("no examples"));
  CHECK_THAT(message_of("\n\n"), Contains("no examples"));
  CHECK_THROWS_WITH(train::load_csv("/nonexistent/digits.csv", {{1, 1, 1}, 1, 2}),
                    Contains("does not open") && Contains("/nonexistent/digits.csv"));
  CHECK_THROWS_WITH(train::load_csv("/", {{1, 1, 1}, 1, 2}), Contains("cannot read a data set"));
}

TEST_CASE("a split is the seed's, takes every example once, and keeps images with their labels") {
  data_set const d = counting(103);
  auto const [a, b] = train::split(d, 0.8, 1);
  CHECK((a.size() == 82 && b.size() == 21));
  std::set<float> seen;
  for (data_set const* part : {&a, &b})
    for (std::size_t i = 0; i < part->size(); ++i) {
      float const v = part->images.data()[2 * i];
      seen.insert(v);
      CHECK(part->images.data()[2 * i + 1] == -v);
      CHECK(part->labels.data()[i] == static_cast<int>(v) % 5);
    }
  CHECK(seen.size() == 103);
  auto const again = train::split(d, 0.8, 1), other = train::split(d, 0.8, 2);
  bool const repeated = again.test.images == b.images, changed = other.test.images != b.images;
  CHECK((repeated && changed));
  for (double share : {0.0, 1.0, 0.001, -1.0, std::nan("")})
    CHECK_THROWS_WITH(train::split(d, share, 1), Contains("cannot split"));
}

TEST_CASE("a fingerprint tells data sets apart") {
  data_set const d = counting(10);
  CHECK(train::fingerprint(d) == train::fingerprint(counting(10)));
  data_set other = d;
  other.images(3, 0, 0, 0) += 1;
  CHECK(train::fingerprint(other) != train::fingerprint(d));
  other = d, other.labels(3) += 1;
  CHECK(train::fingerprint(other) != train::fingerprint(d));
}

TEST_CASE("a data set is checked against the network") {
  data_set const good = counting(10);
  CHECK_NOTHROW(train::check_data(good, {2, 1, 1}, 5));
  CHECK_THROWS_WITH(train::check_data({}, {2, 1, 1}, 5), Contains("holds no examples"));
  CHECK_THROWS_WITH(train::check_data(good, {1, 2, 1}, 5), Contains("2x1x1, the network takes 1x2x1"));
  CHECK_THROWS_WITH(train::check_data(good, {2, 1, 1}, 4), Contains("label 4 of example 4 is not in 0..3"));
  data_set bad = good;
  bad.images(3, 1, 0, 0) = std::nanf("");
  CHECK_THROWS_WITH(train::check_data(bad, {2, 1, 1}, 5), Contains("example 3 holds a NaN"));
  bad = good, bad.labels(7) = -1;
  CHECK_THROWS_WITH(train::check_data(bad, {2, 1, 1}, 5), Contains("label -1 of example 7"));
  bad = good, bad.labels = xt::xtensor<std::int32_t, 1>::from_shape({9});
  CHECK_THROWS_WITH(train::check_data(bad, {2, 1, 1}, 5), Contains("10 images came with 9 labels"));
}
