// The table that shows a model's parameters.
#include <algorithm>
#include <iomanip>
#include <sstream>
#include <nn/layer.hpp>

namespace nn::detail {

ag::Index count(const std::vector<NamedParameter>& list) {
  ag::Index n = 0;
  for (const NamedParameter& p : list) n += p.parameter->size();
  return n;
}

std::string summary(const std::vector<NamedParameter>& list) {
  std::vector<std::vector<std::string>> rows{{"parameter", "shape", "dtype", "number"}};
  for (const NamedParameter& p : list)
    rows.push_back({p.name, to_string(p.parameter->shape()), std::string(name_of(p.parameter->dtype())),
                    std::to_string(p.parameter->size())});
  rows.push_back({"total", "", "", std::to_string(count(list))});
  std::size_t width[4] = {};
  for (const auto& row : rows)
    for (std::size_t c = 0; c < 4; ++c) width[c] = std::max(width[c], row[c].size());

  std::ostringstream out;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < 3; ++c) out << std::left << std::setw(static_cast<int>(width[c]) + 2) << row[c];
    out << std::right << std::setw(static_cast<int>(width[3])) << row[3] << '\n';
  }
  return out.str();
}

}  // namespace nn::detail
