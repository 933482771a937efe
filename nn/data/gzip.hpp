// Reading files that may be compressed with gzip. The only place that includes zlib.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace nn {

/// The most bytes that a file may unpack to unless the caller says otherwise: 32 GiB.
inline constexpr std::uint64_t default_unpacked_limit = std::uint64_t{32} << 30;

/// True if the bytes begin as every gzip stream does (1f 8b).
bool is_gzip(std::string_view bytes);

/// Unpacks one gzip stream or several, one after the other, as `gzip -d` does. `name` is used in messages. Throws
/// FileError if the bytes are truncated or damaged, if others follow, or if the result exceeds `limit` bytes.
std::string gunzip(std::string_view packed, std::string_view name, std::uint64_t limit = default_unpacked_limit);

/// Packs bytes into one gzip stream; the same bytes always give the same stream (no time, no name).
std::string gzip(std::string_view bytes);

/// All bytes of a file, unpacked if they are gzip, whatever the file is called.
/// Throws FileError if it cannot be read, and as gunzip does.
std::string read_file(const std::filesystem::path& path, std::uint64_t limit = default_unpacked_limit);

}  // namespace nn
