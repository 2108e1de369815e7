#pragma once
#include <hone/io/detail/place.hpp>
#include <hone/io/file.hpp>

#include <map>

namespace hone::inline HONE_ABI::io::onnx::detail {

using io::detail::place;
using io::detail::quote;

// Where a tensor says that its values are.
struct external_range {
  std::string location{};  // a path below the model's folder
  std::uint64_t offset{};
  std::uint64_t length{};
  bool has_length{};

  // One entry of the tensor's list; keys other than these (a checksum) mean nothing here.
  void set(std::string const& key, std::string const& value, place const& at) {
    if (key == "location") location = value;
    if (key == "offset") offset = number(value, at);
    if (key == "length") length = number(value, at), has_length = true;
  }

 private:
  static std::uint64_t number(std::string const& text, place const& at) {
    constexpr std::size_t most_digits = 18;
    std::uint64_t v = 0;
    bool const whole = !text.empty() && text.size() <= most_digits;
    if (!whole || text.find_first_not_of("0123456789") != std::string::npos)
      at.refuse(quote(text) << " is no number of bytes", "write whole decimal numbers");
    for (char c : text) v = v * 10 + static_cast<std::uint64_t>(c - '0');
    return v;
  }
};

// The files beside a model. Nothing outside of its folder is opened: no absolute path, no "..", no link that leaves it.
// (Links made while the model is read are not seen: read models from folders that nobody changes meanwhile.)
class external_files {
 public:
  // `folder`: of the model, none: models with external data are refused. At most `most` bytes are read in all, and of
  // one file at most 4 times what it has (tensors may share values).
  external_files(std::string folder, std::uint64_t most) : folder_(std::move(folder)), left_(most) {}

  // `size` bytes of that range, for the tensor at `at`.
  buffer read(external_range const& range, std::uint64_t size, place const& at) {
    if (range.has_length && range.length != size)
      at.refuse(message("its dimensions and type ask for ") << size << " bytes, its external data has " << range.length,
                "export the file again");
    std::string const path = resolve(range.location, at);
    open(path, range.location, at);
    if (range.offset > size_ || size > size_ - range.offset)
      at.refuse(
          quote(range.location) << " has " << size_ << " bytes, " << size << " are wanted from byte " << range.offset,
          "copy the whole file to the model's folder");
    take(taken_[path], size, range.location, at);
    if (size == 0) return {};
    buffer values(static_cast<std::size_t>(size));
    bool const there = ::fseeko(file_.get(), static_cast<::off_t>(range.offset), SEEK_SET) == 0 &&
                       std::fread(values.data(), 1, values.size(), file_.get()) == values.size();
    if (!there) at.refuse(quote(range.location) << " cannot be read", "check the disk");
    return values;
  }

 private:
  std::string resolve(std::string const& location, place const& at) const {
    namespace fs = std::filesystem;
    if (folder_.empty())
      at.refuse(message("its values are in another file, ") << quote(location).c_str(),
                "use read_file, or give read_options a folder");
    fs::path const asked(location);
    bool inside = !location.empty() && location.find('\0') == std::string::npos && asked.is_relative();
    for (fs::path const& part : asked) inside = inside && part != "..";
    std::error_code wrong;
    fs::path const root = inside ? fs::canonical(folder_, wrong) : fs::path();
    fs::path const full = inside && !wrong ? fs::canonical(root / asked, wrong) : fs::path();
    if (wrong)
      at.refuse(message("its values are in ") << quote(location).c_str() << ": " << wrong.message().c_str(),
                "copy that file to the model's folder, too");
    auto const split = std::mismatch(root.begin(), root.end(), full.begin(), full.end());
    if (!inside || split.first != root.end())
      at.refuse(message("its values are in ") << quote(location).c_str() << ", which leaves the model's folder",
                "put the file into the folder of the model, and export again");
    return full.string();
  }

  void open(std::string const& path, std::string const& location, place const& at) {
    if (path == open_) return;
    std::error_code wrong;
    bool const regular = std::filesystem::is_regular_file(path, wrong);
    size_ = regular ? std::filesystem::file_size(path, wrong) : 0;
    file_.reset(regular && !wrong ? std::fopen(path.c_str(), "rb") : nullptr);
    open_ = file_ != nullptr ? path : std::string();
    if (file_ == nullptr) at.refuse(quote(location) << " is no file that can be read", "check its permissions");
  }

  void take(std::uint64_t& taken, std::uint64_t size, std::string const& location, place const& at) {
    constexpr std::uint64_t most_uses = 4;
    if (size > left_)
      at.refuse(message("its ") << size << " bytes are more than the model may still have, " << left_,
                "raise read_options::most_bytes");
    if (taken / most_uses + size / most_uses > size_)
      at.refuse(
          message("tensors take ") << quote(location).c_str() << " more than " << most_uses << " times as a whole",
          "store what is shared once, as one initializer");
    left_ -= size, taken += size;
  }

  std::string folder_;
  std::uint64_t left_;
  std::unique_ptr<std::FILE, io::detail::closing> file_{};  // the last one, at this path
  std::string open_{};
  std::uint64_t size_{};
  std::map<std::string, std::uint64_t> taken_{};  // bytes by path
};

}  // namespace hone::inline HONE_ABI::io::onnx::detail
