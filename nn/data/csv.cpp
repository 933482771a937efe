// The CSV reader: one pass that parses numbers where they stand. The careful work (quotes, messages) is left
// to a slow path that only fields that are not plain numbers reach.
#include <algorithm>
#include <limits>
#include <autograd/core/error.hpp>
#include <nn/data/csv.hpp>
#include <nn/data/gzip.hpp>
#include <nn/data/number.hpp>

namespace nn {
namespace {

using autograd::FileError;
using detail::Number;
using detail::parse_number;
using Kind = Number::Kind;

/// Text for a message: shortened, and with unprintable bytes replaced.
std::string show(std::string_view text) {
  std::string result = "'";
  for (const char c : text.substr(0, 40)) result += static_cast<unsigned char>(c) < 32 || c == 127 ? '?' : c;
  return result + (text.size() > 40 ? "...'" : "'");
}

class Reader {
 public:
  Reader(std::string_view text, const CsvOptions& options, std::string_view name)
      : options_(options), name_(name), p_(text.data()), end_(p_ + text.size()) {}

  Table read() {
    if (text_left().starts_with("\xef\xbb\xbf")) p_ += 3;
    if (text_left().starts_with("\xff\xfe") || text_left().starts_with("\xfe\xff"))
      throw FileError("read_csv", name_ + " is UTF-16 text", "Save it as UTF-8.");
    if (!blank_to_end(p_)) read_first_line();
    else throw FileError("read_csv", name_ + (p_ == end_ ? " is empty" : " has only blank lines"));
    while (p_ != end_ && !blank_to_end(p_)) read_row();
    return std::move(table_);
  }

 private:
  std::string_view text_left() const { return {p_, static_cast<std::size_t>(end_ - p_)}; }
  bool is_blank(char c) const { return (c == ' ' || c == '\t') && c != options_.separator; }
  bool at_line_end(const char* p) const {
    return p == end_ || *p == '\n' || (*p == '\r' && (p + 1 == end_ || p[1] == '\n'));
  }
  bool at_field_end(const char* p) const { return at_line_end(p) || *p == options_.separator; }
  const char* skip_blanks(const char* p) const {
    while (p != end_ && is_blank(*p)) ++p;
    return p;
  }

  bool blank_to_end(const char* p) const {
    return std::all_of(p, end_, [this](char c) { return is_blank(c) || c == '\n' || c == '\r'; });
  }

  void skip_line_end() {
    if (p_ != end_ && *p_ == '\r') ++p_;
    if (p_ != end_) ++p_;
    ++line_;
  }

  /// Moves over a field of any kind to the separator or line end behind it. Its text, without quotes and
  /// blanks around, goes to `storage`. In the first line a quoted field may contain line ends.
  std::string_view field_text(std::string& storage, bool may_span_lines) {
    storage.clear();
    p_ = skip_blanks(p_);
    if (p_ == end_ || *p_ != '"') {
      const char* first = p_;
      while (!at_field_end(p_)) ++p_;
      const char* last = p_;
      while (last != first && is_blank(last[-1])) --last;
      return storage.assign(first, last);
    }
    const std::size_t opened = line_;
    for (++p_;; ++p_) {
      if (p_ == end_ || (!may_span_lines && at_line_end(p_))) fail(opened, "a quote is not closed", "");
      if (*p_ == '"') {
        ++p_;
        if (p_ == end_ || *p_ != '"') break;  // two quotes stand for one, any other ends the field
      }
      if (*p_ == '\n') ++line_;
      storage += *p_;
    }
    p_ = skip_blanks(p_);
    if (!at_field_end(p_))
      fail(line_, "text after the closing quote of " + show(storage), "Write \"\" for a quote inside.");
    const std::string_view text = storage;
    const auto first = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
  }

  Number classify(std::string_view text) const {
    if (text.empty()) return {Kind::empty, std::numeric_limits<double>::quiet_NaN(), nullptr};
    Number n = parse_number(text.data(), text.data() + text.size());
    if (n.end != text.data() + text.size()) n.kind = Kind::text;
    return n;
  }

  void read_first_line() {
    const char* const start = p_;
    if (at_line_end(skip_blanks(p_))) fail_blank();
    bool all_numbers = true;
    std::string storage;
    for (;; ++p_) {
      table_.names.emplace_back(field_text(storage, true));
      const Kind kind = classify(table_.names.back()).kind;
      if (kind == Kind::text || (kind == Kind::empty && options_.missing == Missing::error)) all_numbers = false;
      if (at_line_end(p_)) break;
    }
    table_.columns = table_.names.size();
    if (options_.header == Header::yes || (options_.header == Header::automatic && !all_numbers)) {
      skip_line_end();
    } else {
      table_.names.clear();
      p_ = start;
      line_ = 1;
    }
  }

  void read_row() {
    const char* const start = p_;
    const std::size_t before = table_.values.size();
    for (std::size_t column = 0;; ++column, ++p_) {
      const Number n = parse_number(skip_blanks(p_), end_);
      const char* const behind = skip_blanks(n.end);
      if (n.kind == Kind::number && at_field_end(behind)) {
        p_ = behind;
        table_.values.push_back(n.value);
      } else {
        table_.values.push_back(slow_field(start, column));
      }
      if (at_line_end(p_)) break;
    }
    if (table_.values.size() - before != table_.columns) fail_count(start);
    if (table_.rows++ == 0) {  // guess the rest from the first row, so that the vector need not grow
      const auto row_bytes = static_cast<std::size_t>(p_ - start) + 1;
      table_.values.reserve((text_left().size() / row_bytes + 2) * table_.columns);
    }
    skip_line_end();
  }

  /// A field that is not a plain number: quoted, empty, not finite or wrong.
  double slow_field(const char* row_start, std::size_t column) {
    if (column == 0 && at_line_end(skip_blanks(p_))) fail_blank();
    std::string storage;
    const std::string_view text = field_text(storage, false);
    const Number n = classify(text);
    if (n.kind == Kind::number || (n.kind == Kind::empty && options_.missing == Missing::nan) ||
        (n.kind == Kind::not_finite && options_.allow_nan))
      return n.value;
    fail_count(row_start);
    const std::string where = ", " + table_.label(column) + ": ";
    if (n.kind == Kind::empty)
      fail_in(where + "the field is empty", "CsvOptions::missing = Missing::nan reads empty fields as NaN.");
    if (n.kind == Kind::not_finite)
      fail_in(where + show(text) + " is not finite", "CsvOptions::allow_nan = true accepts it.");
    if (n.kind == Kind::too_large) fail_in(where + show(text) + " is too large for a double", "");
    const std::size_t other = table_.columns == 1 ? text.find_first_of(";\t|,") : text.npos;
    fail_in(where + show(text) + " is not a number",
            other != text.npos ? "Set CsvOptions::separator if another character separates the fields." : "");
  }

  /// Throws if the line at `start` has not as many fields as the first one; separators in quotes do not count.
  void fail_count(const char* start) {
    std::size_t fields = 1;
    bool in_quotes = false;
    for (const char* p = start; !at_line_end(p); ++p) {
      if (*p == '"') in_quotes = !in_quotes;
      else if (*p == options_.separator && !in_quotes) ++fields;
    }
    if (fields != table_.columns)
      fail_in(" has " + std::to_string(fields) + (fields == 1 ? " field" : " fields") + ", line 1 has " +
                  std::to_string(table_.columns),
              "");
  }

  [[noreturn]] void fail_blank() { fail_in(" is blank, and data follow", "Blank lines may only end the file."); }
  [[noreturn]] void fail(std::size_t line, const std::string& facts, std::string_view hint) {
    throw FileError("read_csv", name_ + ", line " + std::to_string(line) + ": " + facts, hint);
  }
  [[noreturn]] void fail_in(const std::string& facts, std::string_view hint) {
    throw FileError("read_csv", name_ + ", line " + std::to_string(line_) + facts, hint);
  }

  const CsvOptions& options_;
  std::string name_;
  const char* p_;
  const char* end_;
  std::size_t line_ = 1;
  Table table_;
};

}  // namespace

Table parse_csv(std::string_view text, const CsvOptions& options, std::string_view name) {
  const char s = options.separator;
  if ((s >= '0' && s <= '9') || (s >= 'a' && s <= 'z') || (s >= 'A' && s <= 'Z') ||
      std::string_view{"+-.\"\r\n\0", 7}.find(s) != std::string_view::npos)
    throw autograd::DomainError("read_csv", show({&s, 1}) + " cannot separate numbers",
                                "Use a separator such as ',' ';' '|' or a tab.");
  return Reader{text, options, name}.read();
}

Table read_csv(const std::filesystem::path& path, const CsvOptions& options) {
  return parse_csv(read_file(path), options, path.string());
}

}  // namespace nn
