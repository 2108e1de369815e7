// The reader of safetensors files over any bytes: it refuses them with an error, or reads tensors that are written to
// bytes which are read to the same tensors. Whoever makes a network's weights of them refuses or has them.
#include <hone/io/weights.hpp>
#include <hone/nn/model.hpp>

#include <cstdlib>

#include "fuzz.hpp"
#include "fuzz_corpus.hpp"

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

struct net : hone::model<hone::nn::input<1, 1, 2>, hone::nn::named<"a", hone::nn::dense<3>>,
                         hone::nn::named<"vector", hone::nn::dense<5>>> {};

void use(auto const& attempt) {
  try {
    attempt();
  } catch (hone::error const& e) {
    expect(*e.parts().why != 0 && *e.parts().fix != 0);
  }
}

bool same(hone::io::tensor_file const& a, hone::io::tensor_file const& b) {
  if (a.notes != b.notes || a.tensors.size() != b.tensors.size()) return false;
  for (std::size_t i = 0; i < a.tensors.size(); ++i) {
    auto const &x = a.tensors[i], &y = b.tensors[i];
    if (x.name != y.name || x.value.type != y.value.type || x.value.dims != y.value.dims ||
        x.value.data.size() != y.value.data.size() ||
        std::memcmp(x.value.data.data(), y.value.data.data(), x.value.data.size()) != 0)
      return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  use([&] {
    auto const file = hone::io::read_safetensors({reinterpret_cast<std::byte const*>(data), size});
    std::size_t sum = 0;
    for (hone::io::named_array const& n : file.tensors) sum += n.value.data.size();
    expect(sum <= size);
    hone::buffer const again = hone::io::write_safetensors(file);
    expect(same(hone::io::read_safetensors({again.data(), again.size()}), file));
    use([&] { expect(hone::io::as_tensors(file).size() == file.tensors.size()); });
    for (auto const from : {hone::io::layout::hone, hone::io::layout::pytorch})
      use([&] {
        hone::io::matching const how{.from = from, .zero_biases = true, .ignore_extra = true};
        expect(hone::io::match_weights(net::description, file, how).size() == 4);
      });
  });
  return 0;
}

std::vector<std::vector<std::uint8_t>> fuzz_seeds() { return fuzz_corpus("tests/io/corpus/safetensors"); }
