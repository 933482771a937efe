// gzip on top of zlib, with every way a stream can be bad turned into a FileError.
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <limits>
#include <new>
#include <system_error>
#include <autograd/core/error.hpp>
#include <nn/data/gzip.hpp>

namespace nn {
namespace {

using autograd::FileError;

constexpr int gzip_window = 15 + 16;  // zlib's way to say: the largest window, with a gzip header

/// zlib counts in 32 bits, so larger inputs go in by pieces.
uInt piece(std::size_t bytes) { return static_cast<uInt>(std::min<std::size_t>(bytes, 1u << 30)); }

Bytef* input(const char* bytes) { return reinterpret_cast<Bytef*>(const_cast<char*>(bytes)); }

struct Inflater {
  z_stream stream{};
  Inflater() {
    if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

std::string gunzip(std::string_view packed, std::string_view name, std::uint64_t limit) {
  const std::string file{name};
  if (!is_gzip(packed)) throw FileError("gunzip", file + " is not gzip data");
  std::string out;
  std::size_t written = 0;
  Inflater inflater;
  z_stream& z = inflater.stream;
  const char* next = packed.data();
  const char* const end = next + packed.size();
  for (;;) {
    if (written == out.size()) out.resize(std::max<std::size_t>(2 * out.size(), 4 * packed.size() + 4096));
    const uInt offered = piece(static_cast<std::size_t>(end - next)), room = piece(out.size() - written);
    z.next_in = input(next);
    z.avail_in = offered;
    z.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    z.avail_out = room;
    const int status = inflate(&z, Z_NO_FLUSH);
    next += offered - z.avail_in;
    written += room - z.avail_out;
    if (written > limit)
      throw FileError("gunzip", file + " unpacks to more than " + std::to_string(limit) + " bytes",
                      "Raise the limit if that is intended.");
    if (status == Z_STREAM_END) {
      // Another stream, or the zero bytes with which tapes and archives pad, may follow; nothing else.
      if (is_gzip({next, static_cast<std::size_t>(end - next)})) {
        inflateReset(&z);
      } else if (std::all_of(next, end, [](char c) { return c == 0; })) {
        break;
      } else {
        throw FileError("gunzip", file + " has " + std::to_string(end - next) + " bytes after the end of its gzip data",
                        "Pack the file again.");
      }
    } else if (status == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (status == Z_BUF_ERROR) {
      throw FileError("gunzip", file + " is truncated: its gzip data ends early", "Fetch the file again.");
    } else if (status != Z_OK) {
      throw FileError("gunzip", file + " is damaged: " + (z.msg ? z.msg : "its gzip data cannot be unpacked"),
                      "Fetch the file again.");
    }
  }
  out.resize(written);
  return out;
}

std::string gzip(std::string_view bytes) {
  z_stream z{};
  if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string out;
  char block[1 << 14];
  for (int status = Z_OK; status != Z_STREAM_END;) {
    const uInt offered = piece(bytes.size());
    z.next_in = input(bytes.data());
    z.avail_in = offered;
    z.next_out = reinterpret_cast<Bytef*>(block);
    z.avail_out = sizeof block;
    status = deflate(&z, offered == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    bytes.remove_prefix(offered - z.avail_in);
    out.append(block, sizeof block - z.avail_out);
  }
  deflateEnd(&z);
  return out;
}

std::string read_file(const std::filesystem::path& path, std::uint64_t limit) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw FileError("read_file", path.string() + " is a directory");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  const auto fail = [&] {
    const std::string reason = errno != 0 ? std::generic_category().message(errno) : "read error";
    throw FileError("read_file", "cannot read " + path.string() + ": " + reason);
  };
  if (!in) fail();
  std::string bytes;
  const auto size = std::filesystem::file_size(path, ignored);  // only a hint: pipes and devices have none
  if (!ignored && size <= limit && size < bytes.max_size()) bytes.reserve(static_cast<std::size_t>(size));
  std::string block(1 << 18, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    bytes.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > limit)
      throw FileError("read_file", path.string() + " has more than " + std::to_string(limit) + " bytes",
                      "Raise the limit if that is intended.");
  }
  if (in.bad()) fail();
  return is_gzip(bytes) ? gunzip(bytes, path.string(), limit) : bytes;
}

}  // namespace nn
