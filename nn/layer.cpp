// Collecting parameters by name, and the table that shows them.
#include <algorithm>
#include <autograd/core/error.hpp>
#include <iomanip>
#include <nn/layer.hpp>
#include <sstream>

namespace nn {

void Visitor::operator()(std::string_view name, ag::Parameter& parameter) {
  if (std::find(found_.begin(), found_.end(), &parameter) != found_.end()) return;
  found_.push_back(&parameter);
  if (names_) names_->push_back(prefix_ + std::string(name));
}

std::size_t Visitor::enter(std::string_view name) {
  const std::size_t length = prefix_.size();
  if (names_) prefix_.append(name).append(".");
  return length;
}

namespace detail {

std::vector<NamedParameter> zip(std::vector<std::string> names, const std::vector<ag::Parameter*>& found) {
  std::vector<NamedParameter> list;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::find(names.begin() + static_cast<std::ptrdiff_t>(i) + 1, names.end(), names[i]) != names.end())
      throw ag::Error("parameters", "two parameters are called " + names[i],
                      "Give them different names in each_parameter.");
    list.push_back({names[i], found[i]});
  }
  return list;
}

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

}  // namespace detail
}  // namespace nn
