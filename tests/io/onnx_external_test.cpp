#include <hone/io/onnx_file.hpp>

#include <filesystem>
#include <utility>

#include <sys/stat.h>

#include "catch2.hpp"
#include "onnx_samples.hpp"
#include "tests/io/temporary.hpp"

namespace {

namespace onnx = hone::io::onnx;
namespace fs = std::filesystem;
using namespace onnx_samples;
using entries = std::vector<std::pair<std::string, std::string>>;

void write(std::string const& path, bytes const& b) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<char const*>(b.data()), std::streamsize(b.size()));
}

// A folder with a model whose initializer of n floats is at `where`, and the file w.bin of 64 bytes: 0, 1, ..., 15.
struct beside {
  beside() {
    std::vector<float> values(16);
    for (std::size_t i = 0; i < 16; ++i) values[i] = static_cast<float>(i);
    auto const raw = std::as_bytes(std::span(values));
    write(folder / "w.bin", {raw.begin(), raw.end()});
  }
  static void tensor(fields& w, std::int64_t n, entries const& where) {
    w.integer(1, n);
    w.integer(2, 1);
    w.integer(14, 1);
    for (auto const& [key, value] : where) w.message(13, [&, k = key, v = value] { w.text(1, k), w.text(2, v); });
  }
  static bytes model(std::int64_t n, entries const& where) {
    return model_with_tensor([&](fields& w) { tensor(w, n, where); });
  }
  std::vector<float> read(std::int64_t n, entries const& where) const {
    write(folder / "m.onnx", model(n, where));
    auto const m = onnx::read_file(folder / "m.onnx");
    auto const v = m.graph.initializers.at(0).values<float>();
    return {v.begin(), v.end()};
  }
  void refused(std::int64_t n, entries const& where, char const* why) const {
    CHECK_THROWS_WITH(read(n, where), Contains(why) && Contains("m.onnx: graph.initializer[0] \"t\""));
  }
  temporary_folder folder{};
};

}  // namespace

TEST_CASE("onnx external data: as the onnx package writes it") {
  auto const m = onnx::read_file(std::string(corpus) + "/external.onnx");
  REQUIRE(m.graph.initializers.size() == 2);
  CHECK(m.graph.initializers[0].values<float>()[3] == 3);
  CHECK(m.graph.initializers[1].values<float>()[0] == 4);
}

TEST_CASE("onnx external data: pieces of files beside and below the model") {
  beside b;
  CHECK(b.read(16, {{"location", "w.bin"}})[15] == 15);
  CHECK(b.read(2, {{"location", "w.bin"}, {"offset", "8"}, {"length", "8"}}) == std::vector<float>{2, 3});
  CHECK(b.read(2, {{"checksum", "no"}, {"length", "8"}, {"location", "./w.bin"}}) == std::vector<float>{0, 1});
  CHECK(b.read(0, {{"location", "w.bin"}, {"offset", "64"}}).empty());
  fs::create_directory(b.folder / "sub");
  fs::rename(b.folder / "w.bin", b.folder / "sub/v.bin");
  CHECK(b.read(1, {{"location", "sub/v.bin"}, {"offset", "60"}}) == std::vector<float>{15});
  fs::create_symlink("sub/v.bin", b.folder / "link.bin");  // stays in the folder
  CHECK(b.read(1, {{"location", "link.bin"}, {"offset", "4"}}) == std::vector<float>{1});
}

TEST_CASE("onnx external data: the folder is that of the file, however it is named") {
  beside b;
  write(b.folder / "m.onnx", beside::model(1, {{"location", "w.bin"}, {"offset", "20"}}));
  fs::path const before = fs::current_path();
  fs::current_path(b.folder.path());
  auto const m = onnx::read_file("m.onnx");
  fs::current_path(before);
  CHECK(m.graph.initializers.at(0).values<float>()[0] == 5);
  auto const file = contents(b.folder / "m.onnx");
  CHECK(onnx::read(file, {.folder = b.folder.path()}).graph.initializers.at(0).values<float>()[0] == 5);
  CHECK_THROWS_WITH(onnx::read(file), Contains("\"w.bin\"") && Contains("use read_file"));
}

TEST_CASE("onnx external data: nothing outside of the folder is read") {
  beside b;
  temporary_folder other;
  write(other / "secret.bin", bytes(64));
  std::string const name = fs::path(other.path()).filename().string();
  auto const leaves = [&](std::string const& location) {
    b.refused(1, {{"location", location}}, "leaves the model's folder");
  };
  leaves(other / "secret.bin");
  leaves("../" + name + "/secret.bin");
  leaves("./../" + name + "/secret.bin");
  leaves("none/../w.bin");
  leaves("..");
  leaves("/etc/passwd");
  leaves("");
  leaves(std::string("w.bin\0", 6));
  fs::create_symlink(other / "secret.bin", b.folder / "file.bin");
  leaves("file.bin");
  fs::create_directory_symlink(other.path(), b.folder / "folder");
  leaves("folder/secret.bin");
  fs::create_symlink("folder/secret.bin", b.folder / "twice.bin");
  leaves("twice.bin");
  // A folder whose name begins like the model's.
  fs::create_directory(b.folder.path() + "-more");
  write(b.folder.path() + "-more/w.bin", bytes(64));
  fs::create_symlink(b.folder.path() + "-more/w.bin", b.folder / "more.bin");
  leaves("more.bin");
  fs::remove_all(b.folder.path() + "-more");
}

TEST_CASE("onnx external data: what is missing, short or no file is refused") {
  beside b;
  b.refused(1, {}, "leaves the model's folder");
  b.refused(1, {{"location", "none.bin"}}, "\"none.bin\": No such file");
  b.refused(1, {{"location", "w.bin/x"}}, "\"w.bin/x\": Not a directory");
  b.refused(17, {{"location", "w.bin"}}, "has 64 bytes, 68 are wanted from byte 0");
  b.refused(1, {{"location", "w.bin"}, {"offset", "61"}}, "4 are wanted from byte 61");
  b.refused(1, {{"location", "w.bin"}, {"offset", "999999999999999999"}}, "from byte 999999999999999999");
  b.refused(std::int64_t{1} << 40, {{"location", "w.bin"}}, "4398046511104 are wanted");
  b.refused(2, {{"location", "w.bin"}, {"length", "4"}}, "ask for 8 bytes, its external data has 4");
  for (char const* number : {"-1", "", "0x10", "1e3", " 4", "9999999999999999999"})
    b.refused(1, {{"location", "w.bin"}, {"offset", number}}, "is no number of bytes");
  fs::create_directory(b.folder / "sub");
  b.refused(1, {{"location", "sub"}}, "no file that can be read");
  b.refused(1, {{"location", "."}}, "no file that can be read");
  REQUIRE(::mkfifo((b.folder / "pipe").c_str(), 0600) == 0);
  b.refused(1, {{"location", "pipe"}}, "no file that can be read");
}

TEST_CASE("onnx external data: memory is bounded by the files, and by the options") {
  beside b;
  auto const many = [](int n) {
    return model_of([&](fields& w) {
      for (int i = 0; i < n; ++i)
        w.message(5, [&] {
          w.text(8, "t" + std::to_string(i));
          beside::tensor(w, 16, {{"location", i % 2 == 0 ? "w.bin" : "./w.bin"}});
        });
    });
  };
  CHECK(onnx::read(many(4), {.folder = b.folder.path()}).graph.initializers.size() == 4);
  CHECK_THROWS_WITH(onnx::read(many(5), {.folder = b.folder.path()}), Contains("more than 4 times as a whole"));
  fs::resize_file(b.folder / "w.bin", std::uintmax_t{1} << 33);  // of nothing
  b.refused(std::int64_t{1} << 31, {{"location", "w.bin"}}, "raise read_options::most_bytes");
  write(b.folder / "w.bin", bytes(1024));
  onnx::read_options const tight{.folder = b.folder.path(), .most_bytes = 420};
  CHECK(many(4).size() < 420);
  CHECK(onnx::read(many(4), tight).graph.initializers.size() == 4);
  CHECK_THROWS_WITH(onnx::read(beside::model(106, {{"location", "w.bin"}}), tight), Contains("may still have, 420"));
}

TEST_CASE("onnx external data: strings, and values besides, are refused") {
  beside b;
  auto const file = [](int type, bool value) {
    return model_with_tensor([&](fields& w) {
      w.integer(2, type), w.integer(14, 1);
      if (value) w.real(4, 1);
      w.message(13, [&] { w.text(1, "location"), w.text(2, "w.bin"); });
    });
  };
  onnx::read_options const here{.folder = b.folder.path()};
  CHECK(onnx::read(file(1, false), here).graph.initializers[0].data.size() == 4);
  CHECK_THROWS_WITH(onnx::read(file(8, false), here), Contains("strings are in an external file"));
  CHECK_THROWS_WITH(onnx::read(file(1, true), here), Contains("float_data and in an external file"));
}
