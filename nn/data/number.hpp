// How a number is read from text: in every locale alike, to the nearest double, and fast. Used by the CSV reader.
#pragma once

namespace nn::detail {

/// What stands at the start of a text.
struct Number {
  enum class Kind {
    number,      ///< a finite number, `value`
    not_finite,  ///< nan, inf or infinity, `value`
    empty,       ///< nothing: what the reader says of an empty field, never parse_number
    too_large,   ///< a number beyond the largest double
    text         ///< anything else
  };
  Kind kind;
  double value;
  const char* end;  ///< behind the last character that belongs to it
};

/// Parses the longest decimal number at the start of [p, end): a sign, digits, a point, an exponent. Numbers
/// below the smallest double are 0, with their sign.
Number parse_number(const char* p, const char* end);

}  // namespace nn::detail
