// read_csv, gzip and Table: what is accepted, and for everything else the line, the column and the reason.
#include <unistd.h>

#include <clocale>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <autograd/core/error.hpp>
#include <nn/data/csv.hpp>
#include <nn/data/gzip.hpp>
#include <nn/random.hpp>
#include <tests/catch.hpp>

using autograd::DomainError;
using autograd::FileError;
using autograd::ShapeError;
using nn::CsvOptions;
using nn::Header;
using nn::Missing;
using nn::parse_csv;
using nn::Table;
using Values = std::vector<double>;
using Names = std::vector<std::string>;

namespace {

/// A file that exists as long as the object does.
struct TemporaryFile {
  std::filesystem::path path;
  TemporaryFile(const std::string& name, std::string_view bytes)
      : path(std::filesystem::temp_directory_path() / ("xgrad_" + std::to_string(getpid()) + "_" + name)) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
};

/// The message of the FileError that reading `text` throws.
std::string error_of(std::string_view text, const CsvOptions& options = {}) {
  try {
    parse_csv(text, options, "data.csv");
  } catch (const FileError& error) {
    return error.what();
  }
  return "no error";
}

const std::string start = "[read_csv] data.csv, ";

}  // namespace

TEST_CASE("read_csv: a table with and without names") {
  const Table t = parse_csv("a,b,c\n1,2,3\n4,5,6\n");
  CHECK(t.names == Names{"a", "b", "c"});
  CHECK(t.rows == 2);
  CHECK(t.columns == 3);
  CHECK(t.values == Values{1, 2, 3, 4, 5, 6});
  const Table plain = parse_csv("1,2\n3,4\n5,6\n");
  CHECK(plain.names.empty());
  CHECK(plain.rows == 3);
  CHECK(plain.values == Values{1, 2, 3, 4, 5, 6});
  CHECK(parse_csv("x,y\n").rows == 0);
  CHECK(parse_csv("x,y\n").columns == 2);
}

TEST_CASE("read_csv: the header can be forced") {
  CHECK(parse_csv("1,2\n3,4\n", {.header = Header::yes}).names == Names{"1", "2"});
  CHECK(parse_csv("1,2\n3,4\n", {.header = Header::yes}).values == Values{3, 4});
  CHECK(parse_csv("1,x\n3,4\n").names == Names{"1", "x"});
  CHECK(error_of("1,x\n3,4\n", {.header = Header::no}) == start + "line 1, column 2: 'x' is not a number.");
  CHECK(parse_csv("1,\n3,4\n").names == Names{"1", ""});
  CHECK(parse_csv("1,\n3,4\n", {.missing = Missing::nan}).rows == 2);
}

TEST_CASE("read_csv: quoted fields") {
  const Table t = parse_csv("\"a, b\",\"say \"\"x\"\"\", \" c \" ,\"two\nlines\"\n1,2,3,4\n");
  CHECK(t.names == Names{"a, b", "say \"x\"", "c", "two\nlines"});
  CHECK(t.values == Values{1, 2, 3, 4});
  CHECK(parse_csv("\"1\",\"2\"\n\"3\",4\n").values == Values{1, 2, 3, 4});
  CHECK(parse_csv("\"a\"").names == Names{"a"});
  CHECK(error_of("\"a\",\"two\nlines\"\n1,x\n") == start + "line 3, column 2 ('two\nlines'): 'x' is not a number.");
  CHECK(error_of("\"a,b\n1,2\n") == start + "line 1: a quote is not closed.");
  CHECK(error_of("a,b\n1,\"2\n3,4\n") == start + "line 2: a quote is not closed.");
  CHECK(error_of("a,b\n1,\"2\n3\",4\n") == start + "line 2: a quote is not closed.");
  CHECK(error_of("\"1\n2\",3\n", {.header = Header::no}) == start + "line 1: a quote is not closed.");
  CHECK_THAT(error_of("\"a\"b,c\n1,2\n"), ContainsSubstring("line 1: text after the closing quote of 'a'."));
}

TEST_CASE("read_csv: line ends, byte order mark, blanks and hashes") {
  const Values expected{1, 2, 3, 4};
  for (const char* text : {"1,2\n3,4\n", "1,2\n3,4", "1,2\r\n3,4\r\n", "1,2\r\n3,4\r",
                           "\xef\xbb\xbf"
                           "1,2\n3,4\n",
                           "1,2\n3,4\n\n\n", "1,2\r\n3,4\r\n\r\n  \r\n\t", " 1 ,\t2 \n  3,4  \n"}) {
    CAPTURE(text);
    const Table t = parse_csv(text);
    CHECK(t.names.empty());
    CHECK(t.values == expected);
  }
  CHECK(parse_csv("\xef\xbb\xbf"
                  "a,b\r\n1,2\r\n")
            .names == Names{"a", "b"});
  CHECK(parse_csv("#a,b\n1,2\n").names == Names{"#a", "b"});
  CHECK_THAT(error_of("1,2\n#3,4\n"), ContainsSubstring("line 2, column 1: '#3' is not a number."));
  CHECK_THAT(error_of("1,2\r3,4\n", {.header = Header::no}),
             ContainsSubstring("line 1 has 3 fields") || ContainsSubstring("'2?3' is not a number"));
}

TEST_CASE("read_csv: other separators") {
  const Values expected{1.5, 2, -3, 4};
  CHECK(parse_csv("1.5;2\n-3;4\n", {.separator = ';'}).values == expected);
  CHECK(parse_csv("1.5\t2\n-3\t4\n", {.separator = '\t'}).values == expected);
  CHECK(parse_csv("1.5 2\n-3 4\n", {.separator = ' '}).values == expected);
  CHECK(std::isnan(parse_csv("1\t\n2\t3\n", {.separator = '\t', .missing = Missing::nan}).values[1]));
  CHECK_THAT(error_of("1;2\n3;4\n"), ContainsSubstring("Set CsvOptions::separator"));
  CHECK_THAT(error_of("1,5;2\n", {.separator = ';', .header = Header::no}),
             ContainsSubstring("column 1: '1,5' is not a number."));
  for (const char c : {'1', 'e', '.', '-', '+', '"', '\n', '\r', '\0'})
    CHECK_THROWS_AS(parse_csv("1,2\n", {.separator = c}), DomainError);
}

TEST_CASE("read_csv: every form of a number") {
  const auto one = [](const std::string& text) { return parse_csv(text, {.header = Header::no}).values.at(0); };
  CHECK(one("+5") == 5);
  CHECK(one("5.") == 5);
  CHECK(one(".5") == 0.5);
  CHECK(one("-1.25e+3") == -1250);
  CHECK(one("1E-2") == 0.01);
  CHECK(one("0.1") == 0.1);
  CHECK(one("2.2250738585072011e-308") == 2.2250738585072011e-308);
  CHECK(one("4e-320") == 4e-320);
  CHECK(one("123456789012345678901234567890") == 123456789012345678901234567890.0);
  CHECK(std::signbit(one("-0")));
  CHECK(one("007.50") == 7.5);
  CHECK(one("-.5") == -0.5);
  CHECK_THAT(error_of("-.,1\n", {.header = Header::no}), ContainsSubstring("'-.' is not a number"));
  nn::Rng rng{1};  // every number is the nearest double, as strtod finds it in the C locale
  for (int i = 0; i < 100000; ++i) {
    std::string text;
    for (std::uint64_t n = 1 + rng.below(18); n > 0; --n) text += static_cast<char>('0' + rng.below(10));
    if (rng.below(4) > 0) text.insert(rng.below(text.size() + 1), 1, '.');
    if (rng.below(4) == 0) text.append("e").append(std::to_string(static_cast<int>(rng.below(60)) - 30));
    if (rng.below(2) == 0) text.insert(0, 1, '-');
    if (text.back() == '-') text += '7';
    if (one(text) != std::strtod(text.c_str(), nullptr)) CHECK(text == "is parsed as strtod does");
  }
  for (const char* tiny : {"1e-999", "0.0001e-400", "1000e-99999999999999999999", "123456789e-999"}) {
    CAPTURE(tiny);
    CHECK(one(tiny) == 0);
    CHECK(std::signbit(one("-" + std::string{tiny})));
  }
  CHECK(one("0." + std::string(400, '0') + "1") == 0);
  CHECK(one(std::string(400, '9') + "e-730") == 0);
  CHECK(one("1e-9223372036854775808") == 0);
  CHECK(one("0e999999") == 0);
  for (const char* bad : {"abc", "1x", "1e", "e5", "0x10", "1_000", "--1", "+-1", "++1", "-", "+", ".", "1 2", "1.2.3",
                          "\"x\"", "nanx", "TRUE"}) {
    CAPTURE(bad);
    CHECK_THAT(error_of(bad, {.header = Header::no}), ContainsSubstring("is not a number"));
  }
  for (const char* large :
       {"1e999", "-1e309", "1e+99999999999999999999", "0.001e400", "0.001e+400", "10e9223372036854775807"}) {
    CAPTURE(large);
    CHECK(error_of(std::string{"7,"} + large) ==
          start + "line 1, column 2: '" + large + "' is too large for a double.");
  }
  CHECK_THAT(error_of(std::string(400, '9'), {.header = Header::no}), ContainsSubstring("...' is too large"));
  CHECK_THAT(error_of("1." + std::string(400, '0') + "e309", {.header = Header::no}), ContainsSubstring("too large"));
}

TEST_CASE("read_csv: numbers do not depend on the locale") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "C"})
    if (std::setlocale(LC_ALL, name)) {
      CHECK(parse_csv("1.5,2.5\n").values == Values{1.5, 2.5});
      CHECK_THROWS_AS(parse_csv("1,5\n3;4\n"), FileError);
    }
  std::setlocale(LC_ALL, before.c_str());
}

TEST_CASE("read_csv: rows that are wrong are named") {
  CHECK(error_of("a,b,c\n1,2,3\n4,5,abc\n") == start + "line 3, column 3 ('c'): 'abc' is not a number.");
  CHECK(error_of("1,2\n3,4\n5,6\n7,8\n9,10\n11,12\n13,abc\n") == start + "line 7, column 2: 'abc' is not a number.");
  CHECK(error_of("1,2,3,4,5\n1,2,3,4\n") == start + "line 2 has 4 fields, line 1 has 5.");
  CHECK(error_of("a,b\n1,2,3\n") == start + "line 2 has 3 fields, line 1 has 2.");
  CHECK(error_of("a,b\n1\n") == start + "line 2 has 1 field, line 1 has 2.");
  CHECK(error_of("a,b\n1,2,\n") == start + "line 2 has 3 fields, line 1 has 2.");
  CHECK(error_of("a,b\nx\n") == start + "line 2 has 1 field, line 1 has 2.");
  CHECK(error_of("a,b\n1,\"2,5\"\n") == start + "line 2, column 2 ('b'): '2,5' is not a number.");
  CHECK_THAT(error_of("1,2\n\n3,4\n"), ContainsSubstring("line 2 is blank, and data follow."));
  CHECK_THAT(error_of("\n1,2\n"), ContainsSubstring("line 1 is blank, and data follow."));
  CHECK_THAT(error_of("1\n \n2\n", {.missing = Missing::nan}), ContainsSubstring("line 2 is blank"));
  CHECK(error_of("1,2\r\n3,\x01\x02\r\n") == start + "line 2, column 2: '\?\?' is not a number.");
  CHECK(error_of(std::string("1,2\n3,4\0\n", 9)) == start + "line 2, column 2: '4?' is not a number.");
  CHECK(error_of("") == "[read_csv] data.csv is empty.");
  CHECK(error_of("\xef\xbb\xbf") == "[read_csv] data.csv is empty.");
  CHECK(error_of(" \n\r\n") == "[read_csv] data.csv has only blank lines.");
  CHECK_THAT(error_of("\xff\xfe"
                      "1"),
             ContainsSubstring("data.csv is UTF-16 text"));
}

TEST_CASE("read_csv: empty fields and numbers that are not finite") {
  CHECK_THAT(error_of("a,b\n1,2\n,4\n"), ContainsSubstring("line 3, column 1 ('a'): the field is empty."));
  CHECK_THAT(error_of("a,b\n1, \n"), ContainsSubstring("line 2, column 2 ('b'): the field is empty."));
  const Table t = parse_csv("a,b\n,2\n3,\n\"\", 4\n", {.missing = Missing::nan});
  CHECK(t.rows == 3);
  for (const std::size_t i : {0u, 3u, 4u}) CHECK(std::isnan(t.values[i]));
  CHECK((t.values[1] == 2 && t.values[2] == 3 && t.values[5] == 4));

  for (const char* text : {"nan", "NaN", "-nan", "inf", "-inf", "Infinity"}) {
    CAPTURE(text);
    CHECK_THAT(error_of(std::string{"1,2\n3,"} + text + "\n"),
               ContainsSubstring(std::string{"line 2, column 2: '"} + text + "' is not finite."));
    CHECK_THAT(error_of(std::string{text} + ",2\n"), ContainsSubstring("line 1, column 1: '"));
    CHECK_THAT(error_of(std::string{"1,2\n3,"} + text, {.missing = Missing::nan}), ContainsSubstring("not finite"));
    CHECK_FALSE(std::isfinite(parse_csv(std::string{"1,2\n3,"} + text, {.allow_nan = true}).values[3]));
  }
  CHECK(parse_csv("1,-inf\n", {.allow_nan = true}).values[1] == -std::numeric_limits<double>::infinity());
}

TEST_CASE("read_csv: plain and gzip files, known by their content") {
  const std::string text = "a,b\n1,2\n3,4\n", packed = nn::gzip(text);
  for (const TemporaryFile& file : {TemporaryFile{"plain.csv", text}, TemporaryFile{"packed.csv.gz", packed},
                                    TemporaryFile{"packed.csv", packed}, TemporaryFile{"plain.csv.gz", text}})
    CHECK(nn::read_csv(file.path).values == Values{1, 2, 3, 4});
  const TemporaryFile bad{"bad.csv", "1,2\n3,x\n"};
  CHECK_THROWS_WITH(nn::read_csv(bad.path), ContainsSubstring(bad.path.string() + ", line 2, column 2: 'x'"));
  CHECK_THROWS_AS(nn::read_csv("no/such/file.csv"), FileError);
  CHECK_THROWS_WITH(nn::read_csv("no/such/file.csv"), ContainsSubstring("cannot read no/such/file.csv: No such file"));
  CHECK_THROWS_WITH(nn::read_csv(std::filesystem::temp_directory_path()), ContainsSubstring("is a directory"));
  CHECK_THROWS_WITH(nn::read_file(bad.path, 4), ContainsSubstring("has more than 4 bytes"));
}

TEST_CASE("gunzip: streams whole, concatenated and damaged") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += std::to_string(i * i) + ",";
  const std::string packed = nn::gzip(text);
  REQUIRE(packed.size() < text.size());
  CHECK(nn::gunzip(packed, "x") == text);
  CHECK(nn::gunzip(packed + nn::gzip("tail") + nn::gzip(""), "x") == text + "tail");
  CHECK(nn::gunzip(packed + std::string(512, '\0'), "x") == text);
  CHECK(nn::gunzip(nn::gzip(""), "x").empty());
  const std::string long_zeros(50'000'000, '\0');
  CHECK(nn::gunzip(nn::gzip(long_zeros), "x") == long_zeros);
  CHECK_THROWS_WITH(nn::gunzip(nn::gzip(long_zeros), "x", 1'000'000),
                    ContainsSubstring("x unpacks to more than 1000000 bytes"));
  CHECK(nn::gunzip(packed, "x", text.size()) == text);
  CHECK_THROWS_AS(nn::gunzip(packed, "x", text.size() - 1), FileError);

  for (std::size_t size = 2; size < packed.size(); size += size < 40 ? 1 : packed.size() / 50)
    CHECK_THROWS_WITH(nn::gunzip(packed.substr(0, size), "x"), ContainsSubstring("x is truncated"));
  for (std::size_t less = 1; less < 12; ++less)  // within the checksum and the length behind the data, too
    CHECK_THROWS_WITH(nn::gunzip(packed.substr(0, packed.size() - less), "x"), ContainsSubstring("x is truncated"));
  CHECK_THROWS_WITH(nn::gunzip(packed + packed.substr(0, 30), "x"), ContainsSubstring("x is truncated"));
  CHECK_THROWS_WITH(nn::gunzip(packed + "more", "x"), ContainsSubstring("4 bytes after the end"));
  for (const std::size_t at : {packed.size() / 2, packed.size() - 6, packed.size() - 1}) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    CHECK_THROWS_AS(nn::gunzip(damaged, "x"), FileError);
  }
  CHECK_THROWS_WITH(nn::gunzip("plain text", "x"), ContainsSubstring("x is not gzip data"));
}

TEST_CASE("Table: columns by name and by position") {
  const Table t = parse_csv("a,b,c\n1,2,3\n4,5,6\n");
  CHECK(t.column("b") == Values{2, 5});
  CHECK(t.column(0) == Values{1, 4});
  CHECK(t.column(-1) == Values{3, 6});
  CHECK(t.index("c") == 2);
  CHECK(t(1, 0) == 4);
  CHECK(Values(t.row(1).begin(), t.row(1).end()) == Values{4, 5, 6});
  const Table features = t.without(-1), rest = t.without("a");
  CHECK(features.names == Names{"a", "b"});
  CHECK(features.columns == 2);
  CHECK(features.rows == 2);
  CHECK(features.values == Values{1, 2, 4, 5});
  CHECK(rest.names == Names{"b", "c"});
  CHECK(rest.values == Values{2, 3, 5, 6});
  CHECK_THROWS_WITH(t.column("d"), ContainsSubstring("no column is named 'd'. The names are 'a', 'b', 'c'."));
  CHECK_THROWS_WITH(parse_csv("1,2\n").column("d"), ContainsSubstring("The table has no names"));
  CHECK_THROWS_WITH(parse_csv("x,x\n1,2\n").column("x"), ContainsSubstring("several columns are named 'x'"));
  CHECK_THROWS_AS(t.column(3), ShapeError);
  CHECK_THROWS_AS(t.column(-4), ShapeError);
  CHECK_THROWS_AS(t.row(2), ShapeError);
}

TEST_CASE("examples/data: the files are what their README says") {
  struct Expected {
    const char* file;
    std::size_t rows, columns;
    double target_mean;
  };
  if (!std::filesystem::exists("examples/data")) return;  // not run from the root of the source
  for (const Expected& e :
       {Expected{"digits.csv.gz", 1797, 65, 8070.0 / 1797}, Expected{"breast_cancer.csv", 569, 31, 357.0 / 569},
        Expected{"iris.csv", 150, 5, 1}, Expected{"wine.csv", 178, 14, 167.0 / 178},
        Expected{"diabetes.csv", 442, 11, 67243.0 / 442}}) {
    CAPTURE(e.file);
    const Table t = nn::read_csv(std::filesystem::path{"examples/data"} / e.file);
    CHECK(t.rows == e.rows);
    CHECK(t.columns == e.columns);
    REQUIRE(t.names.size() == e.columns);
    CHECK(t.names.back() == "target");
    double sum = 0;
    for (const double y : t.column(-1)) sum += y;
    CHECK(sum / static_cast<double>(t.rows) == Approx(e.target_mean).epsilon(1e-14));
  }
}
