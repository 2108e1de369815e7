// The network inside the database: an extension that SQLite loads, and a table of images.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace digits {

// The extension's file without its ending, beside this program; relative to the working directory where it is below it.
std::string sql_extension();

// Puts the images into the table `images` (id, label, pixels) of the repository's file, in place of those that were there,
// and returns the network's answers by id, as the database gives them. 64 pixels an image. Raises with SQLite's reason.
inline constexpr char const* in_database = "SELECT id, hone_predict('digits', pixels) FROM images";
std::vector<int> answers_in_sql(std::string const& repository, std::span<float const> pixels,
                                std::span<std::int32_t const> labels);

}  // namespace digits
