#include <hone/io/weights.hpp>

#include <hone/nn/model.hpp>
#include <hone/pass/prepare.hpp>
#include <hone/shal/oracle.hpp>
#include <hone/train/initialize.hpp>

#include "catch2.hpp"
#include "tests/io/temporary.hpp"

using namespace hone;

namespace {

// The networks of scripts/pytorch_weights_reference.py.
struct image_net
    : model<nn::input<6, 5, 2>, nn::named<"stem", nn::conv2d<4, 3>>, nn::named<"stem_norm", nn::batch_norm>, nn::relu,
            nn::named<"block", nn::residual<nn::named<"first", nn::conv2d<4, 3>>, nn::named<"norm", nn::batch_norm>,
                                            nn::relu, nn::named<"second", nn::conv2d<4, 3>>>>,
            nn::depthwise_conv2d<nn::extent{3, 5}>, nn::relu, nn::conv2d<7, nn::extent{3, 2}, 1, nn::padding::valid>,
            nn::max_pool<nn::extent{2, 1}>, nn::flatten, nn::named<"flat_norm", nn::batch_norm>, nn::relu, nn::dense<6>,
            nn::relu, nn::named<"head", nn::dense<3>>> {};
io::matching const image_names{
    .from = io::layout::pytorch,
    .names = {{"depthwise_conv2d_5", "features.0"},
              {"conv2d_7.weight", "features.2.weight"},
              {"conv2d_7.bias", "features.2.bias"},
              {"dense_12", "hidden"}},
    .zero_biases = true};

template <int Channels, int Taps, nn::padding Padding>
using branch = nn::sequence<nn::conv2d<Channels, nn::extent{Taps, 1}, 1, Padding>, nn::relu, nn::flatten>;
struct signal_net
    : model<nn::input<9, 1, 2>, nn::concat<branch<3, 3, nn::padding::same>, branch<4, 5, nn::padding::valid>>,
            nn::named<"norm", nn::batch_norm>, nn::named<"head", nn::dense<4>>, nn::softmax> {};
io::matching const signal_names{
    .from = io::layout::pytorch, .names = {{"concat_1.0.conv2d_0", "narrow"}, {"concat_1.1.conv2d_0", "wide"}}};

std::string const data = "tests/io/data/";

io::array const& of(io::tensor_file const& f, std::string_view name) {
  for (io::named_array const& n : f.tensors)
    if (n.name == name) return n.value;
  FAIL("no tensor " << name);
  return f.tensors[0].value;
}
io::array& of(io::tensor_file& f, std::string_view name) {
  return const_cast<io::array&>(of(static_cast<io::tensor_file const&>(f), name));
}

template <class Model>
std::vector<double> run(tensor_set const& weights, std::span<float const> x) {
  auto const& g = Model::description;
  std::vector<double> const wide(x.begin(), x.end());
  return shal::evaluate<double>(g, pass::evaluate_parameters(g, weights), std::span<double const>(wide));
}
template <class Model>
void agrees(char const* name, io::matching const& how) {
  io::tensor_file const golden = io::load_safetensors(data + name + "_golden.safetensors");
  tensor_set const weights = io::load_weights<Model>(data + name + ".safetensors", how);
  std::vector<double> const y = run<Model>(weights, of(golden, "x").values<float>());
  auto const wanted = of(golden, "y").values<float>();
  REQUIRE(y.size() == wanted.size());
  for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == Approx(wanted[i]).margin(1e-6).epsilon(1e-5));
}

bool same(tensor_set const& a, tensor_set const& b) {
  if (a.size() != b.size()) return false;
  for (tensor const& t : a) {
    tensor const& u = b.at(t.name.data());
    if (t.type != u.type || t.dims != u.dims || std::memcmp(t.data.data(), u.data.data(), t.data.size()) != 0)
      return false;
  }
  return true;
}

struct tiny : model<nn::input<3, 2, 2>, nn::conv2d<3, 1>, nn::batch_norm, nn::relu, nn::dense<2>> {};
struct flattened : model<nn::input<3, 2, 2>, nn::conv2d<3, 1>, nn::batch_norm, nn::relu, nn::flatten,
                         nn::named<"dense_4", nn::dense<2>>> {};

std::string why(auto const& f) {
  try {
    f();
  } catch (error const& e) {
    return e.parts().why;
  }
  return "it raises nothing";
}

}  // namespace

TEST_CASE("weights: PyTorch's state dicts give PyTorch's results, through flattened images, too") {
  agrees<image_net>("image_net", image_names);
  agrees<signal_net>("signal_net", signal_names);
}

TEST_CASE("weights: what is stored as PyTorch has it is what PyTorch stored") {
  auto const again = [](auto const& g, std::string const& path, io::matching const& how) {
    io::tensor_file const file = io::load_safetensors(path);
    io::tensor_file const ours = io::stored_weights(g, io::match_weights(g, file, how), how);
    for (io::named_array const& n : ours.tensors) {
      CAPTURE(n.name);
      if (n.name == "block.first.bias") continue;  // bias=False
      io::array const& theirs = of(file, n.name);
      bool const one_dimensional = theirs.dims.size() == 3;
      CHECK((one_dimensional || n.value.dims == theirs.dims));
      REQUIRE(n.value.data.size() == theirs.data.size());
      CHECK(std::memcmp(n.value.data.data(), theirs.data.data(), theirs.data.size()) == 0);
    }
  };
  again(image_net::description, data + "image_net.safetensors", image_names);
  again(signal_net::description, data + "signal_net.safetensors", signal_names);
}

TEST_CASE("weights: a dense layer over an image is one over its flattened form") {
  tensor_set const any = train::initialize(tiny::description, 3);
  io::tensor_file const file = io::stored_weights(tiny::description, any, {.from = io::layout::pytorch});
  CHECK(of(file, "dense_4.weight").dims == std::vector<std::int64_t>{2, 18});
  CHECK(of(file, "batch_norm_2.running_mean").dims == std::vector<std::int64_t>{3});
  auto const t = io::match_weights(tiny::description, file, {.from = io::layout::pytorch});
  auto const f =
      io::match_weights(flattened::description, file, {.from = io::layout::pytorch, .names = {{"dense_4", "dense_4"}}});
  CHECK(same(t, any));
  CHECK(same(t, f));
}

TEST_CASE("weights: files of Hone's come back bit for bit") {
  temporary_folder const folder;
  tensor_set w = train::initialize(image_net::description, 7);
  w.find("stem.bias")->values<float>()[2] = -0.f;
  io::save_weights(folder / "w.safetensors", w, {{"made by", "a test"}});
  CHECK(same(io::load_weights<image_net>(folder / "w.safetensors"), w));
  CHECK(same(io::as_tensors(io::load_safetensors(folder / "w.safetensors")), w));
  CHECK(io::load_safetensors(folder / "w.safetensors").notes.size() == 1);
  for (io::named_array const& n : io::as_file(w).tensors) io::save_npy(folder / (n.name + ".npy").c_str(), n.value);
  CHECK(same(io::load_weights<image_net>(folder.path()), w));

  tensor_set typed;  // as artifacts have them
  typed.add("a.weight", dtype::i8, {3, 3, 1, 5}).values<std::int8_t>()[4] = -3;
  typed.add("a.bias", dtype::i32, {1, 1, 1, 5}).values<std::int32_t>()[4] = 1 << 20;
  typed.add("one", dtype::bf16, {1, 1, 1, 1}).values<std::uint16_t>()[0] = 0x7fc1;
  io::save_weights(folder / "t.safetensors", typed);
  CHECK(same(io::as_tensors(io::load_safetensors(folder / "t.safetensors")), typed));
}

TEST_CASE("weights: floats of every width are taken, each as the nearest f32") {
  tensor_set const w = train::initialize(tiny::description, 3);
  io::tensor_file file = io::as_file(w);
  io::array half(dtype::f16, {3}), brain(dtype::bf16, {1, 3}), wide(dtype::f64, {3});
  half.values<std::uint16_t>()[0] = 0x3555, brain.values<std::uint16_t>()[1] = 0x3f81;
  wide.values<double>()[2] = 1 + 0x1p-24 + 0x1p-50;
  of(file, "conv2d_1.bias") = half, of(file, "batch_norm_2.gamma") = brain, of(file, "batch_norm_2.beta") = wide;
  tensor_set const read = io::match_weights(tiny::description, file);
  CHECK(read.at("conv2d_1.bias").values<float>()[0] == 0x1.554p-2f);
  CHECK(read.at("batch_norm_2.gamma").values<float>()[1] == 1.0078125f);
  CHECK(read.at("batch_norm_2.beta").values<float>()[2] == 1 + 0x1p-23f);
}

TEST_CASE("weights: one error lists everything that does not match") {
  io::tensor_file file = io::as_file(train::initialize(tiny::description, 3));
  auto const match = [&](io::matching const& how = {}) {
    return why([&] { io::match_weights(tiny::description, file, how); });
  };
  of(file, "dense_4.weight") = io::array(dtype::f32, {2, 18});
  of(file, "batch_norm_2.mean") = io::array(dtype::i64, {3});
  file.tensors[0].name = "conv2d.weight";
  CHECK(match() ==
        "'conv2d_1.weight' is missing, is it 'conv2d.weight'?; 'batch_norm_2.mean' is int64, wanted is f32; "
        "'dense_4.weight' is 2x18, wanted is 18x2; 'conv2d.weight' is no tensor of the network");
  CHECK(
      match({.names = {{"conv2d_1", "stem"}, {"dense_9", "head"}}}) ==
      "no tensor or layer is named 'dense_9', which is to be renamed; 'stem.weight' (conv2d_1.weight) is missing, is "
      "it "
      "'conv2d.weight'?; 'stem.bias' (conv2d_1.bias) is missing, is it 'conv2d_1.bias'?; 'batch_norm_2.mean' is int64, "
      "wanted is f32; 'dense_4.weight' is 2x18, wanted is 18x2; 'conv2d.weight' is no tensor of the network; "
      "'conv2d_1.bias' is no tensor of the network");
  CHECK_THROWS_WITH(io::load_weights<tiny>(data + "image_net.safetensors"), Contains("image_net.safetensors"));
  file.tensors.push_back(file.tensors[1]);
  CHECK_THAT(match(), Contains("two tensors are named 'conv2d_1.bias'"));
  CHECK_THROWS_WITH(io::load_weights<tiny>(data + "none.safetensors"), Contains("No such file"));
}

TEST_CASE("weights: a list of findings ends after ten") {
  io::tensor_file file = io::as_file(train::initialize(tiny::description, 3));
  for (int i = 0; i < 13; ++i) file.tensors.push_back({"x" + std::to_string(i), io::array(dtype::f32, {1})});
  std::string const all = why([&] { io::match_weights(tiny::description, file); });
  CHECK(std::count(all.begin(), all.end(), ';') == 10);
  CHECK_THAT(all, Contains("; and 3 more"));
  file.tensors.clear();
  for (int i = 0; i < 13; ++i)
    file.tensors.push_back({std::string(3000, 'x') + std::to_string(i), io::array(dtype::f32, {1})});
  CHECK_THAT(why([&] { io::match_weights(tiny::description, file); }), Contains(" more"));
  CHECK_NOTHROW(io::match_weights(model<nn::input<1>>::description, file, {.ignore_extra = true}));
}

TEST_CASE("weights: biases may be left out, if the caller says so, and other tensors may be there") {
  io::tensor_file file = io::as_file(train::initialize(tiny::description, 3));
  of(file, "dense_4.bias").values<float>()[0] = 5;
  std::erase_if(file.tensors, [](io::named_array const& n) { return n.name == "conv2d_1.bias"; });
  CHECK_THAT(why([&] { io::match_weights(tiny::description, file); }), Contains("'conv2d_1.bias' is missing"));
  tensor_set const w = io::match_weights(tiny::description, file, {.zero_biases = true});
  CHECK(w.at("conv2d_1.bias").values<float>()[1] == 0);
  CHECK(w.at("dense_4.bias").values<float>()[0] == 5);
  file.tensors.push_back({"optimizer", io::array(dtype::f32, {9})});
  CHECK_THAT(
      why([&] { io::match_weights(tiny::description, file, {.zero_biases = true}); }), Contains("'optimizer' is no"));
  CHECK_NOTHROW(io::match_weights(tiny::description, file, {.zero_biases = true, .ignore_extra = true}));
}

TEST_CASE("weights: names are paired by tensor, by layer, by part of a path, and all at once") {
  tensor_set const w = train::initialize(image_net::description, 3);
  auto const renamed = [&](std::vector<io::renaming> names) {
    io::tensor_file const f = io::stored_weights(image_net::description, w, {.names = std::move(names)});
    std::string all;
    for (io::named_array const& n : f.tensors) all += n.name + " ";
    return all;
  };
  CHECK_THAT(renamed({}), Contains("stem.weight stem.bias stem_norm.gamma") && Contains("block.first.weight"));
  CHECK_THAT(renamed({{"", "module"}}), Contains("module.stem.weight") && Contains("module.block.norm.mean"));
  CHECK_THAT(
      renamed({{"", "net"}, {"block", "b"}, {"block.first", "c.1"}, {"stem.bias", "b0"}}),
      Contains("net.stem.weight b0 ") && Contains("c.1.weight c.1.bias b.norm.gamma") && Contains("net.stem_norm."));
  CHECK_THAT(renamed({{"block", ""}}), Contains(" first.weight first.bias norm.gamma"));
  CHECK_THAT(why([&] { renamed({{"stem_nor", "x"}}); }), Contains("named 'stem_nor'"));
}

TEST_CASE("weights: what PyTorch's layout is not known of is refused") {
  struct sum : model<nn::input<2, 2, 2>, nn::flatten, nn::residual<nn::dense<8>>, nn::dense<2>> {};
  struct turned : model<nn::input<2, 2, 2>, nn::flatten, nn::conv2d<3, 3>> {};
  struct fine : model<nn::input<2, 2, 1>, nn::flatten, nn::residual<nn::dense<4>>, nn::dense<2>> {};
  auto const refused = [](auto const& g) {
    return why([&] { io::stored_weights(g, train::initialize(g, 1), {.from = io::layout::pytorch}); });
  };
  CHECK_THAT(refused(sum::description), Contains("dense_3.weight cannot be converted") &&
                                            Contains("a sum of flattened images and of other features"));
  CHECK_THAT(refused(turned::description), Contains("a convolution over flattened images"));
  CHECK(refused(fine::description) == "it raises nothing");
}

TEST_CASE("weights: a set of tensors refuses files that cannot be one") {
  auto const refused = [](std::string name, io::array a) {
    return why([&] { io::as_tensors({{{std::move(name), std::move(a)}}, {}}); });
  };
  CHECK_THAT(refused("a", io::array(dtype::f32, {2, 1, 1, 1, 1})), Contains("more than four extents"));
  CHECK_THAT(refused("a", io::array(dtype::f32, {0})), Contains("one of 0"));
  CHECK_THAT(refused(std::string(64, 'x'), io::array(dtype::f32, {1})), Contains("longer than 63"));
  CHECK_THAT(refused(std::string("a\0b", 3), io::array(dtype::f32, {1})), Contains("zero in it"));
  CHECK(refused("a", io::array(dtype::f32, {1, 1, 2, 1, 1, 1})) == "it raises nothing");
}
